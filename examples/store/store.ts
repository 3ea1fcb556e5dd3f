// A key-value store on several replicas that goes on while a minority of them is down, and behaves as if there were one.
//
// As Attiya, Bar-Noy and Dolev have it ("Sharing memory robustly in message-passing systems", 1995): any two majorities
// have a replica in common. Who writes asks a majority for the newest version, and gives a majority a newer one. Who
// reads asks a majority, takes the newest, and writes it back to a majority before saying so: else the next reader, who
// asks others, might be told of an older one.
import { type Coroutine, Event, TaskGroup, isCancelled, sleep, timeout, using } from "escapement";
import { openConnection } from "escapement/net";
import { NOTHING, type Request, type Stored, isNewer } from "./protocol.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

export class Store {
  readonly #name: string;
  readonly #replicas: readonly Address[];
  readonly #writesBack: boolean;

  /** @param name - Of this client: no two have the same. */
  constructor(name: string, replicas: readonly Address[], { writesBack = true }: { writesBack?: boolean } = {}) {
    this.#name = name;
    this.#replicas = replicas;
    this.#writesBack = writesBack;
  }

  *get(key: string): Coroutine<string | null> {
    const newest = newestOf(yield* this.#askMajority({ op: "get", key }));
    if (this.#writesBack) yield* this.#askMajority({ op: "put", key, stored: newest });
    return newest.value;
  }

  *put(key: string, value: string): Coroutine<void> {
    const { version } = newestOf(yield* this.#askMajority({ op: "get", key }));
    const stored = { version: { count: version.count + 1, writer: this.#name }, value };
    yield* this.#askMajority({ op: "put", key, stored });
  }

  /** Asks all; comes back with the answers of the first that are more than half. */
  *#askMajority(request: Request): Coroutine<Stored[]> {
    const answers: Stored[] = [];
    const enough = new Event();
    const ask = function* (address: Address): Coroutine<void> {
      answers.push(yield* askUntilAnswered(address, request));
      if (answers.length > replicas.length / 2) enough.set();
    };
    const replicas = this.#replicas;
    const group = new TaskGroup();
    yield* using(group, function* () {
      for (const { host, port } of replicas) group.createTask(ask({ host, port }), { name: `${request.op} ${host}` });
      yield* enough.wait();
      group.cancel();
    });
    return answers;
  }
}

function newestOf(answers: readonly Stored[]): Stored {
  return answers.reduce((newest, stored) => (isNewer(stored.version, newest.version) ? stored : newest), NOTHING);
}

/** A replica that is down may come back; to be asked the same twice does it no harm. */
function* askUntilAnswered(address: Address, request: Request): Coroutine<Stored> {
  for (;;) {
    try {
      return yield* using(timeout(300), () => askOnce(address, request));
    } catch (error) {
      if (isCancelled(error)) throw error;
      yield* sleep(100);
    }
  }
}

function* askOnce({ host, port }: Address, request: Request): Coroutine<Stored> {
  const [reader, writer] = yield* openConnection(host, port);
  try {
    writer.write(`${JSON.stringify(request)}\n`);
    return JSON.parse(new TextDecoder().decode(yield* reader.readline())) as Stored;
  } finally {
    writer.close();
  }
}
