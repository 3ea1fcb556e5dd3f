import asyncio


async def read(reader):
    line = await reader.readline()
    print(f"read: {line.decode().rstrip()}")


async def main():
    reader = asyncio.StreamReader()
    client = asyncio.create_task(read(reader), name="client")
    await asyncio.sleep(0)
    for packet in ["hel", "lo\n"]:
        reader.feed_data(packet.encode())
        print(f"a packet of {len(packet)} bytes")
        await asyncio.sleep(0)
        print("the loop has been round")
    await client


asyncio.run(main())
