import asyncio


async def eat(table):
    while not table.empty():
        print(f"eats {await table.get()}")


async def speak():
    print("a word, please")
    await asyncio.sleep(0)
    print("thank you")


async def main():
    table = asyncio.Queue()
    for dish in ["soup", "fish", "cake"]:
        table.put_nowait(dish)
    glutton = asyncio.create_task(eat(table), name="glutton")
    guest = asyncio.create_task(speak(), name="guest")
    await glutton
    await guest


asyncio.run(main())
