# Needs: aiohttp, asyncpg, PostgreSQL
import asyncio
import os
from contextlib import asynccontextmanager

import aiohttp
import asyncpg
from aiohttp import web


class Chat:
    def __init__(self, pool):
        self.pool = pool
        self.lines = asyncio.Queue()
        self.listeners = set()
        self.background = asyncio.TaskGroup()

    async def answer(self, request):
        if request.method == "GET":
            return web.json_response(await self.read(int(request.query.get("limit", "100"))))
        line = await request.json()
        if line["said"] == "":
            raise web.HTTPBadRequest(text="nothing was said")
        self.lines.put_nowait(line)
        return web.Response(status=202)

    async def read(self, limit):
        return [dict(row) for row in await self.pool.fetch("SELECT who, said FROM lines ORDER BY id LIMIT $1", limit)]

    async def listen(self, request):
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        self.listeners.add(connection)
        try:
            await connection.send_str("welcome")
            async for _ in connection:
                pass
        finally:
            self.listeners.discard(connection)
        return connection

    async def __aenter__(self):
        await self.background.__aenter__()
        self.background.create_task(self.work())

    async def __aexit__(self, *_):
        self.lines.put_nowait(None)
        await self.background.__aexit__(None, None, None)

    async def work(self):
        while (line := await self.lines.get()) is not None:
            await self.tell(line["who"], line["said"])

    async def tell(self, who, said):
        await self.pool.execute("INSERT INTO lines (who, said) VALUES ($1, $2)", who, said)
        sending = [listener.send_str(f"{who}: {said}") for listener in self.listeners]
        await asyncio.gather(*sending, return_exceptions=True)


@asynccontextmanager
async def serve(handler):
    runner = web.ServerRunner(web.Server(handler))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def serve_room(chat):
    async with serve(chat.listen) as url:
        try:
            yield url
        finally:
            await asyncio.gather(*(listener.close(code=1001) for listener in chat.listeners))


@asynccontextmanager
async def serve_chat():
    async with asyncpg.create_pool(os.environ.get("DATABASE_URL"), min_size=1, max_size=1) as pool:
        await pool.execute("CREATE TEMPORARY TABLE lines (id serial PRIMARY KEY, who text, said text)")
        chat = Chat(pool)
        async with serve_room(chat) as room, chat, serve(chat.answer) as api:
            yield api, room
        print(f"the database has {await pool.fetchval('SELECT count(*) FROM lines')} lines")


GUESTS = ["Ada", "Grace", "Edsger"]
CONVERSATION = [
    ("Ada", "The engine has stopped. Is it my program?"),
    ("Grace", "It is a moth, in relay 70. I have found the first bug!"),
    ("Edsger", "Then call the next ones errors: they will be ours."),
    ("Ada", "Sleep well, moth."),
]


async def say(session, who, said):
    async with session.post("/", json={"who": who, "said": said}) as response:
        return response.status


async def guest(name, room, session, everybody):
    async with aiohttp.ClientSession() as own, own.ws_connect(room) as connection:
        await connection.receive()
        await everybody.wait()
        for who, said in CONVERSATION:
            if who == name:
                await say(session, who, said)
            await connection.receive()
        await everybody.wait()
        goodbyes = 0
        async for _ in connection:
            goodbyes += 1
        return f"{name} heard {goodbyes} goodbyes"


async def main():
    everybody = asyncio.Barrier(len(GUESTS) + 1)
    async with asyncio.TaskGroup() as group, serve_chat() as (api, room):
        async with aiohttp.ClientSession(api) as session:
            print(f"nothing is said: status {await say(session, 'Nobody', '')}")
            guests = [group.create_task(guest(name, room, session, everybody)) for name in GUESTS]
            await everybody.wait()
            await everybody.wait()
            async with session.get("/", params={"limit": len(CONVERSATION)}) as response:
                for line in await response.json():
                    print(f"{line['who']}: {line['said']}")
            await asyncio.gather(*(say(session, who, "Goodbye.") for who in GUESTS))
    for task in guests:
        print(task.result())


asyncio.run(main())
