import asyncio


async def letter(sender, delay):
    await asyncio.sleep(delay)
    print(f"{sender} has written")
    return sender


async def main():
    ann = asyncio.create_task(letter("ann", 0.3), name="ann")
    bob = asyncio.create_task(letter("bob", 0.1), name="bob")
    letters = await asyncio.gather(ann, bob)
    print(", ".join(letters))


asyncio.run(main())
