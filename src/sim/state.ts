import { activeMachine } from "./active.ts";

/**
 * Shared state whose reads and writes are seen: `pos` and `dpor` are sharper for it, and a report can name the two accesses
 * whose order decides. Give it plain objects, arrays, Maps, Sets or instances of classes without private members; what it
 * holds is seen, too. Where nobody looks, it is the value itself.
 *
 * With `dpor`, all that tasks share and change has to be in it, locks, queues and the like excepted: what is changed
 * elsewhere is not seen.
 *
 * @param name - For reports.
 * @example
 * const account = state({ balance: 100 }, "account");
 */
export function state<T extends object>(value: T, name = "state"): T {
  return activeMachine()?.tracer?.watch(value, name) ?? value;
}
