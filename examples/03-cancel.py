import asyncio


async def sleeper():
    print("sleeper: before the hour")
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        print("sleeper: cancelled")
        raise
    finally:
        print("sleeper: cleaned up")


async def main():
    task = asyncio.create_task(sleeper())
    await asyncio.sleep(1)
    print("main: cancels the sleeper")
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("main: the sleeper is cancelled now")


asyncio.run(main())
