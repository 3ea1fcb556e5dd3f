import type { Oracle, Strategy } from "../oracle.ts";

const FIRST: Oracle = { choose: () => 0, chooseTask: () => 0 };

/** asyncio's own order: first in, first out. There is one such run. */
export function fifo(): Strategy {
  let ran = false;
  let complete = false;
  return {
    name: "fifo",
    begin: () => FIRST,
    learn(machine) {
      ran = true;
      complete = machine.record.choices === 0;
    },
    get complete() {
      return complete;
    },
    get exhausted() {
      return ran;
    },
  };
}
