import {
  Barrier,
  BoundedSemaphore,
  Condition,
  type ContextManager,
  type Coroutine,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
  createTask,
  gather,
  sleep,
  using,
} from "escapement";
import { type Kit, behaviour } from "./behaviour.ts";

type Gate = ContextManager<void> & { toString(): string };

/** Comes at `comes`, and is inside for 10 ms. */
const visit = ({ co, wait, say }: Kit, gate: Gate, comes: number): Coroutine<void> =>
  co(function* (): Coroutine<void> {
    yield* wait(sleep(comes));
    const body = co(function* (): Coroutine<void> {
      say(`${comes} enters`);
      yield* wait(sleep(10));
      say(`${comes} leaves`);
    });
    yield* wait(using(gate, body));
  })();

/** Five visitors, a millisecond apart; the third is cancelled while it waits. */
const visitors = (kit: Kit, gate: Gate) =>
  function* (): Coroutine<void> {
    const tasks = [1, 2, 3, 4, 5].map((comes) => createTask(visit(kit, gate, comes)));
    yield* kit.wait(sleep(6));
    tasks[2]!.cancel();
    yield* kit.wait(gather(tasks, { returnExceptions: true }));
    kit.say(gate.toString());
  };

behaviour("Lock", "lets one in at a time, in the order of asking", (kit) => visitors(kit, new Lock()), [
  "1 1 enters",
  "11 1 leaves",
  "11 2 enters",
  "21 2 leaves",
  "21 4 enters",
  "31 4 leaves",
  "31 5 enters",
  "41 5 leaves",
  "41 <Lock [unlocked]>",
]);

behaviour(
  "Semaphore",
  "lets in as many as it has permits, in the order of asking",
  (kit) => visitors(kit, new Semaphore(2)),
  [
    "1 1 enters",
    "2 2 enters",
    "11 1 leaves",
    "11 4 enters",
    "12 2 leaves",
    "12 5 enters",
    "21 4 leaves",
    "22 5 leaves",
    "22 <Semaphore [unlocked, value:2]>",
  ],
);

behaviour(
  "BoundedSemaphore",
  "has as many permits in the end as in the beginning, and takes no more",
  (kit) =>
    function* () {
      const semaphore = new BoundedSemaphore(2);
      yield* kit.wait(visitors(kit, semaphore)());
      try {
        semaphore.release();
      } catch (error) {
        kit.say((error as Error).name);
      }
    },
  [
    "1 1 enters",
    "2 2 enters",
    "11 1 leaves",
    "11 4 enters",
    "12 2 leaves",
    "12 5 enters",
    "21 4 leaves",
    "22 5 leaves",
    "22 <BoundedSemaphore [unlocked, value:2]>",
    "22 ValueError",
  ],
);

behaviour(
  "Event",
  "lets go all who wait when it is set, even if it is cleared at once; then holds back again",
  ({ tell, wait, say }) =>
    function* () {
      const event = new Event();
      const first = [1, 2].map((n) => createTask(tell(`waiter ${n}`, event.wait())));
      yield* wait(sleep(10));
      event.set();
      event.clear();
      yield* wait(gather(first));
      const late = createTask(tell("late", event.wait()));
      yield* wait(sleep(10));
      say(String(event));
      event.set();
      yield* wait(late);
      yield* wait(tell("when it is set", event.wait()));
    },
  [
    "10 waiter 1: true",
    "10 waiter 2: true",
    "20 <Event [unset, waiters:1]>",
    "20 late: true",
    "20 when it is set: true",
  ],
);

behaviour(
  "Condition",
  "wakes as many as it is told, those who came first, and gives each the lock again",
  (kit) =>
    function* () {
      const { co, say, wait } = kit;
      const condition = new Condition();
      const waiter = co(function* (comes: number): Coroutine<void> {
        yield* wait(sleep(comes));
        const body = co(function* (): Coroutine<void> {
          yield* wait(condition.wait());
          say(`${comes} is woken, and the lock is held: ${condition.locked()}`);
        });
        yield* wait(using(condition, body));
      });
      const notify = co(function* (n: number): Coroutine<void> {
        const body = co(function* (): Coroutine<void> {
          say(`notify ${n}`);
          condition.notify(n);
        });
        yield* wait(using(condition, body));
      });
      const tasks = [1, 2, 3, 4].map((comes) => createTask(waiter(comes)));
      yield* wait(sleep(10));
      yield* wait(notify(1));
      yield* wait(sleep(10));
      yield* wait(notify(3));
      yield* wait(gather(tasks));
      say(String(condition));
    },
  [
    "10 notify 1",
    "10 1 is woken, and the lock is held: true",
    "20 notify 3",
    "20 2 is woken, and the lock is held: true",
    "20 3 is woken, and the lock is held: true",
    "20 4 is woken, and the lock is held: true",
    "20 <Condition [unlocked]>",
  ],
);

behaviour(
  "Condition.waitFor",
  "asks again at each notification, until the answer is yes",
  (kit) =>
    function* () {
      const { co, say, tell, wait } = kit;
      const condition = new Condition();
      let stock = 0;
      const consumer = co(function* (): Coroutine<string> {
        const enough = (): string => {
          say(`is ${stock} enough?`);
          return stock >= 2 ? `${stock} are` : "";
        };
        return yield* wait(condition.waitFor(enough));
      });
      const producer = co(function* (): Coroutine<void> {
        stock += 1;
        condition.notifyAll();
      });
      const waiter = createTask(tell("consumer", using(condition, consumer)));
      for (let i = 0; i < 2; i += 1) {
        yield* wait(sleep(10));
        yield* wait(using(condition, producer));
      }
      yield* wait(waiter);
    },
  ["0 is 0 enough?", "10 is 1 enough?", "20 is 2 enough?", "20 consumer: 2 are"],
);

behaviour(
  "Barrier",
  "holds back until all parties have come, once and again",
  (kit) =>
    function* () {
      const { co, tell, say, wait } = kit;
      const barrier = new Barrier(3);
      const party = co(function* (comes: number): Coroutine<void> {
        yield* wait(sleep(comes));
        yield* wait(tell(`${comes} passes as number`, barrier.wait()));
        yield* wait(sleep(comes * 10));
        yield* wait(tell(`${comes} passes again as number`, barrier.wait()));
      });
      const tasks = [1, 2, 3].map((comes) => createTask(party(comes)));
      yield* wait(sleep(2.5));
      say(String(barrier));
      yield* wait(gather(tasks));
      say(String(barrier));
    },
  [
    "2.5 <Barrier [filling, waiters:2/3]>",
    "3 3 passes as number: 2",
    "3 1 passes as number: 0",
    "3 2 passes as number: 1",
    "33 3 passes again as number: 2",
    "33 1 passes again as number: 0",
    "33 2 passes again as number: 1",
    "33 <Barrier [filling, waiters:0/3]>",
  ],
);

behaviour(
  "Barrier.abort",
  "breaks it for those who wait and those who come, until it is reset",
  ({ tell, say, wait }) =>
    function* () {
      const barrier = new Barrier(2);
      const waiter = createTask(tell("waiter", barrier.wait()));
      yield* wait(sleep(10));
      yield* wait(barrier.abort());
      yield* wait(waiter);
      yield* wait(tell("comes later", barrier.wait()));
      yield* wait(barrier.reset());
      say(String(barrier));
      const both = [createTask(tell("one of two", barrier.wait()))];
      yield* wait(sleep(10));
      both.push(createTask(tell("the other", barrier.wait())));
      yield* wait(gather(both));
    },
  [
    "10 waiter: BrokenBarrierError",
    "10 comes later: BrokenBarrierError",
    "10 <Barrier [filling, waiters:0/2]>",
    "20 the other: 1",
    "20 one of two: 0",
  ],
);

// ---- queues

behaviour(
  "Queue",
  "makes putters wait while it is full and getters while it is empty, each in the order of coming",
  ({ co, tell, wait }) =>
    function* () {
      const queue = new Queue<string>(1);
      const putter = co(function* (): Coroutine<void> {
        for (const item of ["a", "b", "c"]) yield* wait(tell(`put ${item}`, queue.put(item)));
      });
      const putting = createTask(putter());
      for (let i = 0; i < 3; i += 1) {
        yield* wait(sleep(10));
        yield* wait(tell("get", queue.get()));
      }
      yield* wait(putting);
      const getters = [1, 2].map((n) => createTask(tell(`getter ${n}`, afterwards(n))));
      yield* wait(sleep(10));
      queue.putNowait("d");
      yield* wait(sleep(10));
      queue.putNowait("e");
      yield* wait(gather(getters));
      function* afterwards(n: number): Coroutine<string> {
        yield* wait(sleep(n));
        return yield* wait(queue.get());
      }
    },
  [
    "0 put a: undefined",
    "10 get: a",
    "10 put b: undefined",
    "20 get: b",
    "20 put c: undefined",
    "30 get: c",
    "40 getter 1: d",
    "50 getter 2: e",
  ],
);

for (const [of, sentence, make, order] of [
  ["Queue", "gives the oldest item first", (maxsize?: number) => new Queue<number>(maxsize), [2, 3, 1, 2]],
  [
    "PriorityQueue",
    "gives the smallest item first",
    (maxsize?: number) => new PriorityQueue<number>(maxsize),
    [1, 2, 2, 3],
  ],
  ["LifoQueue", "gives the newest item first", (maxsize?: number) => new LifoQueue<number>(maxsize), [2, 1, 3, 2]],
] as const) {
  behaviour(
    of,
    sentence,
    ({ say, wait }) =>
      function* () {
        const queue: Queue<number> = make();
        for (const item of [2, 3, 1, 2]) yield* wait(queue.put(item));
        const items: number[] = [];
        while (!queue.empty()) items.push(yield* wait(queue.get()));
        say(items.join());
      },
    [`0 ${order.join()}`],
  );

  behaviour(
    `${of}.join`,
    "waits until each item has been worked on",
    (kit) =>
      function* () {
        const { co, tell, say, wait } = kit;
        const queue: Queue<number> = make();
        const worker = co(function* (): Coroutine<void> {
          for (;;) {
            yield* wait(queue.get());
            yield* wait(sleep(10));
            say("one is done");
            queue.taskDone();
          }
        });
        for (const item of [1, 2, 3]) queue.putNowait(item);
        const workers = [createTask(worker()), createTask(worker())];
        yield* wait(tell("join", queue.join()));
        for (const task of workers) task.cancel();
        yield* wait(tell("workers", gather(workers, { returnExceptions: true })));
        yield* wait(tell("join again", queue.join()));
      },
    [
      "10 one is done",
      "10 one is done",
      "20 one is done",
      "20 join: undefined",
      "20 workers: CancelledError,CancelledError",
      "20 join again: undefined",
    ],
  );

  behaviour(
    `${of}.shutdown`,
    "gives what is left, and refuses all else",
    ({ tell, wait }) =>
      function* () {
        const queue: Queue<number> = make();
        const waiting = createTask(tell("a getter that waits", queue.get()));
        yield* wait(sleep(10));
        queue.shutdown();
        yield* wait(waiting);
        yield* wait(tell("put", queue.put(1)));
        const left: Queue<number> = make();
        left.putNowait(7);
        left.shutdown();
        yield* wait(tell("get", left.get()));
        yield* wait(tell("get from the empty one", left.get()));
        left.taskDone();
        yield* wait(tell("join", left.join()));
      },
    [
      "10 a getter that waits: QueueShutDown",
      "10 put: QueueShutDown",
      "10 get: 7",
      "10 get from the empty one: QueueShutDown",
      "10 join: undefined",
    ],
  );

  behaviour(
    `${of}.shutdown`,
    "drops what is left, and ends join and the putters that wait, when it is immediate",
    ({ tell, wait, say }) =>
      function* () {
        const queue: Queue<number> = make(1);
        queue.putNowait(1);
        const waiting = [createTask(tell("join", queue.join())), createTask(tell("putter", queue.put(2)))];
        yield* wait(sleep(10));
        queue.shutdown(true);
        yield* wait(gather(waiting));
        say(`it is empty: ${queue.empty()}`);
      },
    ["10 join: undefined", "10 putter: QueueShutDown", "10 it is empty: true"],
  );
}
