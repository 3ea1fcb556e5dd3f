import type { Strategy } from "../oracle.ts";
import { bounded } from "./bounded.ts";
import { exhaustive } from "./exhaustive.ts";
import { pct } from "./pct.ts";
import { random } from "./random.ts";
import { uniform } from "./uniform.ts";

/**
 * All of them in turn, for no single strategy is good at everything; and a proof, where the program is small enough. The
 * default of `explore` and `check`. Its first run is asyncio's own order.
 */
export function portfolio(): Strategy {
  const members = [exhaustive(), random(), uniform(), pct(), bounded()];
  let at = -1;
  const current = (): Strategy => members[at]!;
  const advance = (): Strategy => {
    do at = (at + 1) % members.length;
    while (current().exhausted === true);
    return current();
  };
  return {
    name: "portfolio",
    begin: (run, seed) => advance().begin(run, seed),
    learn: (machine) => current().learn?.(machine),
    get complete() {
      return members.some((member) => member.complete === true);
    },
  };
}
