import asyncio


async def child(name):
    for turn in [1, 2]:
        print(f"{name} {turn}")
        await asyncio.sleep(0)


async def main():
    a = asyncio.create_task(child("a"), name="a")
    b = asyncio.create_task(child("b"), name="b")
    print("both are made")
    await a
    await b


asyncio.run(main())
