import asyncio


async def ask(answer):
    try:
        print(f"the answer is {await answer}")
    finally:
        print("no more questions")


async def main():
    answer = asyncio.get_running_loop().create_future()
    asker = asyncio.create_task(ask(answer), name="asker")
    await asyncio.sleep(0)
    answer.set_result(42)
    asker.cancel()
    await asyncio.wait([asker])
    print("it never heard it" if asker.cancelled() else "it heard it")


asyncio.run(main())
