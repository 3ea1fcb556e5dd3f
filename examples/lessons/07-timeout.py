import asyncio


async def answer():
    try:
        await asyncio.sleep(60)
        print("42")
    except BaseException as error:
        print(f"inside: {type(error).__name__}")
        raise


async def main():
    try:
        async with asyncio.timeout(0.1):
            await answer()
    except Exception as error:
        print(f"outside: {type(error).__name__}")


asyncio.run(main())
