import asyncio


async def cook(hatch):
    for dish in ["soup", "fish", "cake"]:
        await hatch.put(dish)
        print(f"{dish} is in the hatch")


async def serve(hatch):
    while True:
        dish = await hatch.get()
        await asyncio.sleep(0.1)
        print(f"{dish} is served")
        hatch.task_done()


async def main():
    hatch = asyncio.Queue(1)
    cooking = asyncio.create_task(cook(hatch), name="cook")
    waiter = asyncio.create_task(serve(hatch), name="waiter")
    await cooking
    await hatch.join()
    waiter.cancel()


asyncio.run(main())
