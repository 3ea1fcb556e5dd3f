// A client pays, and tries once more when there is no answer within 5 ms. Each message is lost one time in ten; when the
// answer is, the retry is a second payment.
// Fixed: the retry carries the same key, and the server knows it again.
import { type Coroutine, TimeoutError, createTask, sleep, timeout, using } from "escapement";
import { type World, buggify, state, until } from "escapement/sim";
import { must, together } from "./together.ts";

const LOSS = 0.1;

interface Network {
  readonly requests: string[];
  readonly answers: string[];
  charged: number;
}

function send(messages: string[], message: string): void {
  if (!buggify(LOSS)) messages.push(message);
}

function* server(network: Network, keys: Set<string>): Coroutine<never> {
  for (;;) {
    yield* until(() => network.requests.length > 0);
    const key = network.requests.shift()!;
    if (!keys.has(key)) network.charged += 1;
    keys.add(key);
    send(network.answers, key);
  }
}

function* client(network: Network, keyOf: (attempt: number) => string): Coroutine<void> {
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    send(network.requests, keyOf(attempt));
    try {
      yield* using(timeout(5), () => until(() => network.answers.length > 0));
      return;
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    }
  }
}

function* scenario(keyOf: (attempt: number) => string): Coroutine<void> {
  const network: Network = state({ requests: [], answers: [], charged: 0 }, "network");
  const serving = createTask(server(network, new Set()), { name: "server" });
  yield* together(createTask(client(network, keyOf), { name: "client" }));
  yield* sleep(10);
  serving.cancel();
  must(network.charged <= 1, `charged ${network.charged} times`);
}

export default function* retriedPayment(_world: World): Coroutine<void> {
  yield* scenario((attempt) => `payment ${attempt}`);
}

export function* fixed(_world: World): Coroutine<void> {
  yield* scenario(() => "payment");
}
