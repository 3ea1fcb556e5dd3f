import { ValueError } from "../loop/errors.ts";
import type { Model } from "./linearizable.ts";
import { show } from "./show.ts";

/** What a register is asked. `cas` writes `to` if it finds `from`. */
export type RegisterInput<V> =
  | { readonly op: "read" }
  | { readonly op: "write"; readonly value: V }
  | { readonly op: "cas"; readonly from: V | null; readonly to: V };

/** What it answers: `read` the value, `cas` whether it wrote. What `write` answers does not matter. */
export type RegisterOutput<V> = V | boolean | null | undefined;

/**
 * One value. Values are equal when they are made of the same; null and undefined are the same.
 *
 * @param initial - What is read before anything was written.
 */
export function registerModel<V>(initial: V | null = null): Model<V | null, RegisterInput<V>, RegisterOutput<V>> {
  return {
    init: () => initial,
    step(state, input, output) {
      switch (input.op) {
        case "read":
          return same(output, state) ? state : undefined;
        case "write":
          return input.value ?? null;
        case "cas":
          return compareAndSet("registerModel", state, input, output);
        default:
          throw unknown("registerModel", input, "read, write and cas");
      }
    },
    crashed(state, input) {
      return this.step(state, input, input.op === "cas" ? same(input.from, state) : undefined);
    },
    reads: ({ op }, output) => op === "read" || (op === "cas" && output === false),
    describe: (input, output) => {
      if (input.op === "read") return call("read", [], output);
      return input.op === "write" ? call("write", [input.value]) : call("cas", [input.from, input.to], output);
    },
  };
}

/** What a map is asked. `cas` puts `to` if it finds `from`, where null is nothing. */
export type MapInput<V> = { readonly key: string } & (
  | { readonly op: "get" | "delete" }
  | { readonly op: "put"; readonly value: V }
  | { readonly op: "cas"; readonly from: V | null; readonly to: V }
);

/** What it answers: `get` the value, or null; `cas` whether it put; `delete` whether there was anything, or undefined. */
export type MapOutput<V> = V | boolean | null | undefined;

/** Values by key, each key on its own. */
export function mapModel<V>(): Model<V | null, MapInput<V>, MapOutput<V>> {
  return {
    init: () => null,
    key: ({ key }) => key,
    step(state, input, output) {
      switch (input.op) {
        case "get":
          return same(output, state) ? state : undefined;
        case "put":
          return input.value ?? null;
        case "delete":
          return output === undefined || output === (state !== null) ? null : undefined;
        case "cas":
          return compareAndSet("mapModel", state, input, output);
        default:
          throw unknown("mapModel", input, "get, put, delete and cas");
      }
    },
    crashed(state, input) {
      return this.step(state, input, input.op === "cas" ? same(input.from, state) : undefined);
    },
    reads: ({ op }, output) => op === "get" || (op !== "put" && output === false),
    describe: (input, output) => {
      if (input.op === "put") return call("put", [input.key, input.value]);
      if (input.op === "cas") return call("cas", [input.key, input.from, input.to], output);
      return call(input.op, [input.key], output);
    },
  };
}

/** What a queue is asked. */
export type QueueInput<V> = { readonly op: "get" } | { readonly op: "put"; readonly value: V };

/**
 * Values that wait. The array is shared by the states that follow each other: each sees its own part, from `start` to `end`.
 * Copies would make a long queue quadratic.
 */
export interface QueueState<V> {
  readonly values: V[];
  readonly start: number;
  readonly end: number;
}

/** First in, first out. `get` answers the value, or null (or undefined) when there is none; what `put` answers does not matter. */
export function queueModel<V>(): Model<QueueState<V>, QueueInput<V>, V | null | undefined> {
  return {
    init: () => ({ values: [], start: 0, end: 0 }),
    step(state, input, output) {
      if (input.op === "put") return enqueued(state, input.value);
      if (input.op !== "get") throw unknown("queueModel", input, "get and put");
      if (state.start === state.end) return same(output, null) ? state : undefined;
      return same(output, state.values[state.start]) ? { ...state, start: state.start + 1 } : undefined;
    },
    crashed(state, input) {
      return this.step(state, input, input.op === "get" ? (state.values[state.start] ?? null) : undefined);
    },
    // An open get, of which undefined is all that is known, takes what there is.
    reads: ({ op }, output) => op === "get" && output === null,
    show: ({ values, start, end }) => show(values.slice(start, end)),
    describe: (input, output) => (input.op === "put" ? call("put", [input.value]) : call("get", [], output)),
  };
}

function enqueued<V>({ values, start, end }: QueueState<V>, value: V): QueueState<V> {
  // Another order has put something else behind the same beginning.
  if (values.length > end) return { values: [...values.slice(start, end), value], start: 0, end: end - start + 1 };
  values.push(value);
  return { values, start, end: end + 1 };
}

/** What a lock is asked, and by whom. */
export interface LockInput {
  readonly op: "acquire" | "release";
  readonly owner: string;
}

/**
 * Held by one owner at most. An operation that answers false was refused: `acquire` because somebody holds it, `release`
 * because its owner does not. Any other answer is success.
 */
export function lockModel(): Model<string | null, LockInput, boolean | null | undefined> {
  return {
    init: () => null,
    step(holder, { op, owner }, output) {
      if (op !== "acquire" && op !== "release") throw unknown("lockModel", { op, owner }, "acquire and release");
      const possible = op === "acquire" ? holder === null : holder === owner;
      if (possible === (output === false)) return undefined;
      if (!possible) return holder;
      return op === "acquire" ? owner : null;
    },
    reads: (_input, output) => output === false,
    show: (holder) => (holder === null ? "free" : `held by ${holder}`),
    describe: ({ op, owner }, output) => call(op, [owner], output === false ? false : undefined),
  };
}

function compareAndSet<V>(
  who: string,
  state: V | null,
  { from, to }: { readonly from: V | null; readonly to: V },
  output: unknown,
): V | null | undefined {
  if (typeof output !== "boolean") {
    throw new ValueError(`${who}: cas answers whether it wrote, true or false, not ${show(output)}.`);
  }
  if (same(from, state) !== output) return undefined;
  return output ? (to ?? null) : state;
}

function same(a: unknown, b: unknown): boolean {
  const [left, right] = [a ?? null, b ?? null];
  if (left === right || Object.is(left, right)) return true;
  return typeof left === "object" && typeof right === "object" && show(left) === show(right);
}

function call(name: string, inputs: readonly unknown[], output?: unknown): string {
  const asked = `${name}(${inputs.map((input) => show(input)).join(", ")})`;
  return output === undefined ? asked : `${asked} -> ${show(output)}`;
}

function unknown(who: string, input: unknown, known: string): ValueError {
  return new ValueError(`${who}: unknown operation ${show(input)}. It knows ${known}.`);
}
