import asyncio


async def falls():
    await asyncio.sleep(0.1)
    raise ValueError("a fall")


async def loses_hat():
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        raise ValueError("a lost hat")


async def climbs():
    await asyncio.sleep(60)
    print("the top")


async def main():
    try:
        async with asyncio.TaskGroup() as rope:
            rope.create_task(falls(), name="ann")
            rope.create_task(loses_hat(), name="bob")
            rope.create_task(climbs(), name="cid")
            await asyncio.sleep(30)
            print("half way")
    except ExceptionGroup as group:
        print(" and ".join(str(error) for error in group.exceptions))


asyncio.run(main())
