import { RuntimeError } from "../../loop/errors.ts";
import { CLOCKS } from "./clocks.ts";
import { DRAWS } from "./draws.ts";
import { replaceImports, restoreImports } from "./imports.ts";
import { watchPromises } from "./promises.ts";
import { REFUSED } from "./refused.ts";
import { type Placed, place } from "./stand-in.ts";

const POSTS = [...CLOCKS, ...DRAWS, ...REFUSED];

let isUp = false;

/**
 * Does `work` with the fence up: what of the host is not determined is replaced, and inside of a simulation it answers what
 * is determined, or refuses. However `work` ends, and whatever it has replaced itself, everything is as it was before.
 *
 * To put it up takes as long as several runs, so it stays while runs follow each other; between two of them, all that has
 * been replaced behaves as ever.
 *
 * @throws {RuntimeError} Where something cannot be replaced: it is frozen.
 * @internal
 */
export function whileUp<T>(work: () => T): T {
  if (isUp) return work();
  isUp = true;
  const placed: Placed[] = [];
  let stopWatching: (() => void) | undefined;
  try {
    for (const post of POSTS) {
      const found = place(post);
      if (found === undefined) continue;
      put(found);
      placed.push(found);
    }
    replaceImports();
    stopWatching = watchPromises();
    return work();
  } finally {
    stopWatching?.();
    for (const { owner, key, before } of placed.toReversed()) Reflect.defineProperty(owner, key, before);
    restoreImports();
    isUp = false;
  }
}

function put({ owner, key, after }: Placed): void {
  if (Reflect.defineProperty(owner, key, after)) return;
  throw new RuntimeError(
    `simulate: ${key} is frozen, and cannot be replaced by what is deterministic. Do not freeze it, or simulate with { fence: "off" }.`,
  );
}
