import asyncio


async def fire():
    await asyncio.sleep(0.1)
    raise ValueError("fire")


async def cook(dish):
    await asyncio.sleep(1)
    print(f"{dish} is served")


async def first_restaurant():
    try:
        await asyncio.gather(
            asyncio.create_task(fire(), name="oven"), asyncio.create_task(cook("soup"), name="soup")
        )
    except ValueError:
        print("the first restaurant closes")


async def second_restaurant():
    try:
        async with asyncio.TaskGroup() as kitchen:
            kitchen.create_task(fire(), name="oven")
            kitchen.create_task(cook("fish"), name="fish")
    except* ValueError:
        print("the second restaurant closes")


async def main():
    await first_restaurant()
    await asyncio.sleep(1.2)
    await second_restaurant()
    await asyncio.sleep(1.2)


asyncio.run(main())
