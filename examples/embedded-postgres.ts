// For the examples with a database: PGlite, which is PostgreSQL in WebAssembly, behind its socket server. It computes in a
// thread of its own, and the loop goes on meanwhile.
import { Worker } from "node:worker_threads";
import { type Coroutine, fromEvent } from "escapement";

let thread: Worker | null = null;
let url: string | null = null;

/** Begins to start it, for whoever asks for it later. There is one in a process, which does not wait for its end. */
export function startEmbeddedPostgres(): Worker {
  if (thread !== null) return thread;
  thread = new Worker(new URL("embedded-postgres.worker.js", import.meta.url));
  thread.once("message", (message: string) => {
    url = message;
  });
  thread.unref();
  return thread;
}

/** Where it listens, when it does: starting takes seconds. */
export function* embeddedPostgres(): Coroutine<string> {
  const starting = startEmbeddedPostgres();
  if (url !== null) return url;
  starting.ref();
  try {
    return yield* fromEvent<string>(starting, "message");
  } finally {
    starting.unref();
  }
}
