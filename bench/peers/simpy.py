"""SimPy, for sleepers in virtual time. Speaks the harness's protocol: see bench/child.ts."""

import gc
import json
import sys
import time

VIRTUAL_RANGE = 1_000_000


def delay_of(index, span):
    return ((index + 1) * 2654435761 & 0xFFFFFFFF) % span


def sleepers(size, tasks):
    env = simpy.Environment()
    count, last = 0, 0

    def task(who):
        nonlocal count, last
        for i in range(who, size, tasks):
            yield env.timeout(delay_of(i, VIRTUAL_RANGE))
            count += env.now >= last
            last = env.now

    for who in range(tasks):
        env.process(task(who))
    env.run()
    return count


def answer(request):
    gc.collect()
    wall, thread, process = time.perf_counter_ns(), time.thread_time_ns(), time.process_time_ns()
    checksum = sleepers(request["size"], request["tasks"])
    return {
        "checksum": checksum,
        "thread": time.thread_time_ns() - thread,
        "process": time.process_time_ns() - process,
        "wall": time.perf_counter_ns() - wall,
    }


# This file's own folder comes first, and this file has the package's name.
del sys.path[0]
try:
    import simpy
except ModuleNotFoundError:
    print(json.dumps({"missing": "simpy, for this Python"}), flush=True)
    sys.exit()
print(json.dumps({"version": simpy.__version__, "implementations": ["sleepers"], "cannot": {"*": "it has no other than virtual time"}}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
