"""CPython's asyncio. Speaks the harness's protocol itself: see bench/child.ts, which does the same for JavaScript."""

import asyncio
import gc
import json
import sys
import time
import tracemalloc

BATCH, CHAINS, WAITS, CAPACITY, PRODUCERS, PERMITS = 1000, 10, 250, 100, 10, 10
VIRTUAL_RANGE, REAL_RANGE, LONG = 1_000_000, 101, 3600.0


def delay_of(index, span):
    return ((index + 1) * 2654435761 & 0xFFFFFFFF) % span


class Tools:
    """What a workload may ask for while it runs."""

    def __init__(self, depth, tasks):
        self.depth, self.tasks, self.heap, self.lateness = depth, tasks, [], []

    def note_heap(self):
        gc.collect()
        if not tracemalloc.is_tracing():
            tracemalloc.start()
        self.heap.append(tracemalloc.get_traced_memory()[0])


class VirtualLoop(asyncio.SelectorEventLoop):
    """Waiting is moving the clock."""

    def __init__(self):
        super().__init__()
        self.now = 0.0
        select = self._selector.select

        def jump(timeout=None):
            if timeout is not None and timeout > 0:
                self.now += timeout
                timeout = 0
            return select(timeout)

        self._selector.select = jump
        self._clock_resolution = 1e-6

    def time(self):
        return self.now


async def join(tasks):
    return sum([await task for task in tasks])


async def one(value):
    return value


async def switch(size, tools):
    count, last = 0, -1

    async def task(who):
        nonlocal count, last
        for _ in range(size // tools.tasks):
            if last != who:
                count += 1
            last = who
            await asyncio.sleep(0)
        return 0

    await join([asyncio.create_task(task(who)) for who in range(tools.tasks)])
    return count


async def pingpong(size, tools):
    loop = asyncio.get_running_loop()
    to_pong, to_ping = loop.create_future(), loop.create_future()

    async def ping():
        nonlocal to_ping
        value = 0
        for _ in range(size):
            to_ping = loop.create_future()
            to_pong.set_result(value + 1)
            value = await to_ping
        return value

    async def pong():
        nonlocal to_pong
        for _ in range(size):
            value = await to_pong
            to_pong = loop.create_future()
            to_ping.set_result(value + 1)
        return 0

    return await join([asyncio.create_task(pong()), asyncio.create_task(ping())])


async def spawn(size, tools):
    batch = min(BATCH, size)
    total = 0
    for _ in range(0, size, batch):
        total += await join([asyncio.create_task(one(index & 1)) for index in range(batch)])
    return total


async def chain(size, tools):
    share = size // CHAINS
    waits = min(WAITS, share)

    async def wait(level):
        if level > 0:
            return await wait(level - 1)
        for _ in range(waits):
            await asyncio.sleep(0)
        return waits

    async def task():
        total = 0
        while total < share:
            total += await wait(tools.depth)
        return total

    return await join([asyncio.create_task(task()) for _ in range(CHAINS)])


async def call(size, tools):
    total = 0
    for i in range(size):
        total += await one(i & 1)
    return total


async def sleepers(size, tools):
    loop = asyncio.get_running_loop()
    count, last = 0, 0.0

    async def task(who):
        nonlocal count, last
        for i in range(who, size, tools.tasks):
            await asyncio.sleep(delay_of(i, VIRTUAL_RANGE))
            count += loop.time() >= last
            last = loop.time()
        return 0

    await join([asyncio.create_task(task(who)) for who in range(tools.tasks)])
    return count


async def cancelled_timers(size, tools):
    total = 0
    for i in range(size):
        total += await asyncio.wait_for(one(i & 1), LONG)
    return total


async def queue(size, tools):
    between = asyncio.Queue(CAPACITY)
    share = size // PRODUCERS

    async def produce():
        for i in range(share):
            await between.put(i)
        return 0

    async def consume():
        return sum([await between.get() for _ in range(share)])

    tasks = [asyncio.create_task(produce()) for _ in range(PRODUCERS)]
    return await join(tasks + [asyncio.create_task(consume()) for _ in range(PRODUCERS)])


async def semaphore(size, tools):
    permits = asyncio.Semaphore(PERMITS)
    inside = most = left = 0

    async def task():
        nonlocal inside, most, left
        async with permits:
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1
            left += 1
        return 0

    await join([asyncio.create_task(task()) for _ in range(size)])
    return left * 100 + most


async def mass_cancel(size, tools):
    cleaned = 0

    async def task():
        nonlocal cleaned
        try:
            await asyncio.sleep(LONG)
        finally:
            cleaned += 1

    tasks = [asyncio.create_task(task()) for _ in range(size)]
    await asyncio.sleep(0)
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return cleaned


async def memory(size, tools):
    loop = asyncio.get_running_loop()

    async def task(future):
        return await future

    tools.note_heap()
    futures, tasks = [], []
    for _ in range(size):
        futures.append(loop.create_future())
        tasks.append(asyncio.create_task(task(futures[-1])))
    await asyncio.sleep(0)
    tools.note_heap()
    tracemalloc.stop()
    for future in futures:
        future.set_result(1)
    return await join(tasks)


async def real_timers(size, tools):
    async def task(delay):
        due = time.perf_counter() + delay / 1000
        await asyncio.sleep(delay / 1000)
        tools.lateness.append((time.perf_counter() - due) * 1000)
        return 1

    return await join([asyncio.create_task(task(delay_of(i, REAL_RANGE))) for i in range(size)])


WORKLOADS = {
    "switch": switch,
    "pingpong": pingpong,
    "spawn": spawn,
    "chain": chain,
    "call": call,
    "sleepers": sleepers,
    "cancelled-timers": cancelled_timers,
    "queue": queue,
    "semaphore": semaphore,
    "mass-cancel": mass_cancel,
    "memory": memory,
    "real-timers": real_timers,
}


def measure(name, size, tools):
    program = WORKLOADS[name](size, tools)
    loop = VirtualLoop() if name == "sleepers" else asyncio.new_event_loop()
    gc.collect()
    wall, thread, process = time.perf_counter_ns(), time.thread_time_ns(), time.process_time_ns()
    try:
        checksum = loop.run_until_complete(program)
    finally:
        times = {
            "thread": time.thread_time_ns() - thread,
            "process": time.process_time_ns() - process,
            "wall": time.perf_counter_ns() - wall,
        }
        loop.close()
    return {"checksum": checksum, **times, **notes(tools)}


def notes(tools):
    found = {}
    if tools.heap:
        found["heap"] = tools.heap
    if tools.lateness:
        late = sorted(tools.lateness)
        found["lateness"] = {"p50": late[len(late) // 2], "p99": late[len(late) * 99 // 100]}
    return found


def answer(request):
    try:
        return measure(request["implementation"], request["size"], Tools(request["depth"], request["tasks"]))
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def serve():
    sys.setrecursionlimit(10_000)
    hello = {"version": sys.version.split()[0], "implementations": list(WORKLOADS), "cannot": {}}
    print(json.dumps(hello), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


serve()
