import asyncio


async def tea():
    print("the kettle is on")
    await asyncio.sleep(1)
    return "tea"


async def main():
    order = tea()
    print("hello")
    print(await order)


asyncio.run(main())
