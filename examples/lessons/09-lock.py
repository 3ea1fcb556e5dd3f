import asyncio


async def visit(name, times, bathroom):
    for _ in range(times):
        async with bathroom:
            print(f"{name} goes in")
            await asyncio.sleep(0.1)
        print(f"{name} is out")


async def main():
    bathroom = asyncio.Lock()
    ann = asyncio.create_task(visit("ann", 2, bathroom), name="ann")
    bob = asyncio.create_task(visit("bob", 1, bathroom), name="bob")
    await ann
    await bob


asyncio.run(main())
