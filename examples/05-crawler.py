# Needs: aiohttp
import asyncio
import re

import aiohttp
from aiohttp import web

PAGES = 300
AT_A_TIME = 10
TIMEOUT = 1000
SILENT = {197, 248, 297}


def links_of(page):
    links = [other for other in (2 * page + 1, 2 * page + 2, (7 * page) % PAGES) if other < PAGES]
    paths = [f"/page/{other}" for other in links]
    if page % 100 == 0:
        paths += [f"/missing/{page}", f"/moved/{page + 1}"]
    if page == 150:
        paths.append("http://127.0.0.1:1/")
    return paths


async def site(request):
    _, kind, number = request.path.split("/")
    page = int(number)
    if kind == "moved":
        raise web.HTTPMovedPermanently(f"/page/{page}")
    if kind != "page":
        raise web.HTTPNotFound(text="no such page")
    if page == 222:
        raise web.HTTPInternalServerError(text="out of order")
    if page in SILENT:
        await asyncio.Event().wait()
    links = [f'<a href="{link}">{link}</a>' for link in links_of(page)]
    return web.Response(content_type="text/html", text=f"<h1>Page {page}</h1>" + "\n".join(links))


class Crawler:
    def __init__(self, session):
        self.session = session
        self.turns = asyncio.Semaphore(AT_A_TIME)
        self.seen = set()
        self.failures = []
        self.answered = 0
        self.links = 0

    async def crawl(self, start):
        async with asyncio.TaskGroup() as group:
            self.follow(start, group)

    def follow(self, link, group):
        if link in self.seen:
            return
        self.seen.add(link)
        group.create_task(self.visit(link, group))

    async def visit(self, link, group):
        try:
            async with self.turns:
                html = await self.fetch(link)
            self.answered += 1
            for href in re.findall('href="(.+?)"', html):
                self.links += 1
                self.follow(href, group)
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            self.failures.append(f"{link}: {explain(error)}")

    async def fetch(self, link):
        async with self.session.get(link) as response:
            return await response.text()


def explain(error):
    if isinstance(error, aiohttp.ClientResponseError):
        return f"status {error.status}"
    if isinstance(error, asyncio.TimeoutError):
        return f"no answer within {TIMEOUT} ms"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "nobody listens there"
    raise error


async def main():
    runner = web.ServerRunner(web.Server(site, handler_cancellation=True))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT / 1000)
        base_url = "http://127.0.0.1:%d" % runner.addresses[0][1]
        async with aiohttp.ClientSession(base_url, timeout=timeout, raise_for_status=True) as session:
            crawler = Crawler(session)
            await crawler.crawl("/page/0")
        print(f"{crawler.links} links lead to {len(crawler.seen)} places, {crawler.answered} of which answered")
        for failure in sorted(crawler.failures):
            print(failure)
    finally:
        await runner.cleanup()


asyncio.run(main())
