import asyncio


async def sleeper(name, delay):
    await asyncio.sleep(delay)
    print(f"{name} is up")


async def main():
    long = asyncio.create_task(sleeper("long", 0.3), name="long")
    short = asyncio.create_task(sleeper("short", 0.1), name="short")
    twin = asyncio.create_task(sleeper("twin", 0.1), name="twin")
    for task in [short, twin, long]:
        await task


asyncio.run(main())
