import asyncio


async def work():
    try:
        print("working")
        await asyncio.sleep(60)
        print("finished")
    finally:
        print("tidied up")


async def main():
    worker = asyncio.create_task(work(), name="worker")
    await asyncio.sleep(0.01)
    worker.cancel()
    print("asked it to stop")
    try:
        await worker
    except asyncio.CancelledError:
        print("it has stopped")


asyncio.run(main())
