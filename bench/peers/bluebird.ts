import type BluebirdOf from "bluebird";
import { packageVersion } from "../package-version.ts";
import { type Implementation, LONG, type Peer } from "../peer.ts";
import { promiseWorkloads } from "../promise-coroutines.ts";

type Library = typeof BluebirdOf;

/** Bluebird: its own promises, its own coroutines over them. */
export async function load(): Promise<Peer> {
  const version = packageVersion("bluebird");
  const { default: Bluebird } = await import("bluebird");
  Bluebird.config({ cancellation: true, longStackTraces: false, warnings: false });
  return {
    version,
    workloads: {
      ...promiseWorkloads({
        coroutine: (fn) => Bluebird.coroutine(fn),
        make: (run) => new Bluebird(run),
        all: (promises) => Bluebird.all(promises),
        resolved: () => Bluebird.resolve(undefined),
        sleep: (milliseconds) => Bluebird.delay(milliseconds),
        withTimeout: (operation, milliseconds) =>
          (operation as InstanceType<typeof Bluebird<any>>).timeout(milliseconds),
      }),
      "mass-cancel": massCancel(Bluebird),
    },
    cannot: { sleepers: "it has no virtual time" },
  };
}

/** Its coroutines are cancelled by the promise that they return, and run their finally. */
function massCancel(Bluebird: Library): Implementation {
  return async (size) => {
    let cleaned = 0;
    const left = (): number => size - cleaned;
    const sleep = (): InstanceType<typeof Bluebird<void>> =>
      new Bluebird<void>((resolve, _reject, onCancel) => {
        const timer = setTimeout(resolve, LONG);
        onCancel?.(() => clearTimeout(timer));
      });
    const task = Bluebird.coroutine(function* (): Generator<PromiseLike<unknown>, void> {
      try {
        yield sleep();
      } finally {
        cleaned += 1;
      }
    });
    const tasks = Array.from({ length: size }, () => task());
    await null;
    for (const each of tasks) each.cancel();
    while (left() > 0) await new Promise((resolve) => setImmediate(resolve));
    return cleaned;
  };
}
