import asyncio

ITEMS = [450, 150, 350, 100, 350, 500, 500, 120, 400, 450]


async def worker(name, queue):
    while True:
        milliseconds = await queue.get()
        await asyncio.sleep(milliseconds / 1000)
        queue.task_done()
        print(f"{name} has worked for {milliseconds} ms")


async def main():
    queue = asyncio.Queue()
    for item in ITEMS:
        queue.put_nowait(item)
    names = ["worker-1", "worker-2", "worker-3"]
    workers = [asyncio.create_task(worker(name, queue), name=name) for name in names]

    await queue.join()
    print("all items are done")

    for task in workers:
        task.cancel()
    results = await asyncio.gather(*workers, return_exceptions=True)
    for name, result in zip(names, results):
        print(f"{name} ended with {type(result).__name__}")


asyncio.run(main())
