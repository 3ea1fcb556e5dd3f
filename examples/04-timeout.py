import asyncio


async def answer(name, delay):
    try:
        return await asyncio.sleep(delay, f"{name}: here I am")
    finally:
        print(f"{name}: over")


async def in_a_block(name, delay):
    try:
        async with asyncio.timeout(1):
            print(await answer(name, delay))
    except TimeoutError:
        print(f"{name}: timed out")


async def main():
    await in_a_block("quick", 0.5)
    await in_a_block("slow", 3600)
    try:
        print(await asyncio.wait_for(answer("eternal", 3600), 1))
    except TimeoutError:
        print("eternal: timed out")


asyncio.run(main())
