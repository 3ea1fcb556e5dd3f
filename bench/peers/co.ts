import { setTimeout as sleep } from "node:timers/promises";
import { packageVersion } from "../package-version.ts";
import type { Peer } from "../peer.ts";
import { type Body, promiseWorkloads } from "../promise-coroutines.ts";
import { withTimeout } from "../with-timeout.ts";

/** co: generators over native promises. */
export async function load(): Promise<Peer> {
  const version = packageVersion("co");
  const { default: co } = await import("co");
  return {
    version,
    workloads: promiseWorkloads({
      coroutine:
        <A extends unknown[], R>(fn: (...args: A) => Body<R>) =>
        (...args: A) =>
          co(fn(...args)),
      make: (run) => new Promise(run),
      all: (promises) => Promise.all(promises),
      resolved: () => Promise.resolve(),
      sleep: (milliseconds) => sleep(milliseconds),
      withTimeout,
    }),
    cannot: { sleepers: "it has no virtual time", "mass-cancel": "it has no cancellation" },
  };
}
