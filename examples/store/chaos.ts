// Three replicas, two clients, and everything that goes wrong with machines and networks. What the clients were told must
// be explainable by one store that does one thing at a time.
import { type Coroutine, createTask, gather, sleep } from "escapement";
import { History, type Host, type MapInput, type MapOutput, type World, linearizable, mapModel } from "escapement/sim";
import { replica } from "./replica.ts";
import { Store } from "./store.ts";

const PORT = 7000;
const KEY = "x";
const OPERATIONS = 4;
const TROUBLES = 3;
const IMPOSSIBLE = "No single store, doing one thing at a time, could have answered as these replicas did.";

/** A program for `check`: the store, as it is or with a part left out. */
export function chaos(options: { writesBack?: boolean; syncs?: boolean } = {}): (world: World) => Coroutine<void> {
  return function* (world) {
    const replicas = ["a", "b", "c"].map((name) => world.host(name, () => replica(PORT, options)));
    const addresses = replicas.map(({ name }) => ({ host: name, port: PORT }));
    const history = new History<MapInput<string>, MapOutput<string>>();

    const clients = ["reader", "writer"].map((name) => {
      const store = new Store(name, addresses, options);
      const work = name === "writer" ? writes(store, history) : reads(store, history);
      return createTask(work, { name });
    });
    const trouble = createTask(makeTrouble(world, replicas), { name: "trouble" });
    yield* gather(clients);
    trouble.cancel();

    const { ok, explanation } = linearizable(mapModel<string>(), history);
    if (!ok) throw new Error(`${IMPOSSIBLE}\n${explanation}`);
  };
}

function* writes(store: Store, history: History<MapInput<string>, MapOutput<string>>): Coroutine<void> {
  for (let i = 1; i <= OPERATIONS / 2; i += 1) {
    const id = history.call({ op: "put", key: KEY, value: `v${i}` }, "writer");
    yield* store.put(KEY, `v${i}`);
    history.return(id, undefined);
  }
}

function* reads(store: Store, history: History<MapInput<string>, MapOutput<string>>): Coroutine<void> {
  for (let i = 1; i <= OPERATIONS; i += 1) {
    const id = history.call({ op: "get", key: KEY }, "reader");
    history.return(id, yield* store.get(KEY));
  }
}

/** One replica at a time: a majority goes on. */
function* makeTrouble({ random, partition, heal }: World, replicas: readonly Host[]): Coroutine<void> {
  for (let i = 0; i < TROUBLES; i += 1) {
    yield* sleep(random.integer(0, 30));
    const victim = random.pick(replicas);
    const others = replicas.filter((host) => host !== victim);
    const kind = random.pick(["crash", "partition", "pause", "skew"] as const);
    if (kind === "crash") victim.crash();
    else if (kind === "partition") partition(victim, others);
    else if (kind === "pause") victim.pause();
    else victim.skewClock(random.integer(-1000, 1000));
    yield* sleep(random.integer(0, 300));
    if (kind === "crash") victim.restart();
    else if (kind === "partition") heal();
    else if (kind === "pause") victim.resume();
  }
}
