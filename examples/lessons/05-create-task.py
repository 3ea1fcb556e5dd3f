import asyncio


async def boil(egg):
    await asyncio.sleep(0.1)
    print(f"{egg} is done")


async def main():
    await boil("first")
    await boil("second")
    third = asyncio.create_task(boil("third"), name="third")
    fourth = asyncio.create_task(boil("fourth"), name="fourth")
    await third
    await fourth


asyncio.run(main())
