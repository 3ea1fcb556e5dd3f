# Needs: websockets
import asyncio

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

CLIENTS = 100
STAYING = 10
THINGS = 10


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def talk(connection, name):
    heard = 0
    for n in range(1, THINGS + 1):
        said = f"{name} says {n}"
        await connection.send(said)
        if await connection.recv() == said:
            heard += 1
    return heard


async def client(url, name, everybody):
    async with connect(url) as connection:
        await everybody.wait()
        heard = await talk(connection, name)
        await everybody.wait()
        return heard


async def staying_client(url, everybody):
    connection = await connect(url)
    await everybody.wait()
    await talk(connection, "one who stays")
    await everybody.wait()
    try:
        return f"heard {await connection.recv()}"
    except ConnectionClosed as error:
        return f"{type(error).__name__} {error.rcvd.code}"


async def main():
    everybody = asyncio.Barrier(CLIENTS)
    async with serve(echo, "127.0.0.1", 0) as server:
        _, port = server.sockets[0].getsockname()
        url = f"ws://127.0.0.1:{port}"
        staying = [asyncio.create_task(staying_client(url, everybody)) for _ in range(STAYING)]
        heard = await asyncio.gather(*(client(url, f"client {n}", everybody) for n in range(CLIENTS - STAYING)))
        print(f"{len(heard)} clients left, having heard {sum(heard)} echoes")

        server.close()
        await server.wait_closed()
        endings = set(await asyncio.gather(*staying))
        print(f"{len(staying)} clients stayed, and the last that they heard was {', '.join(endings)}")


asyncio.run(main())
