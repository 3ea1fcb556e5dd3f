import fc from "fast-check";
import {
  type LockInput,
  lockModel,
  type MapInput,
  mapModel,
  type MapOutput,
  type QueueInput,
  queueModel,
  type QueueState,
  type RegisterInput,
  registerModel,
  type RegisterOutput,
} from "escapement/sim";
import type { Service } from "./random-history.ts";

const values = fc.nat(2);
const maybe = fc.option(values, { nil: null });

/** A register that works. Its answers are written without the model, to judge it. */
export const register: Service<number | null, number | null, RegisterInput<number>, RegisterOutput<number>> = {
  model: registerModel<number>(),
  inputs: fc.oneof(
    fc.constant({ op: "read" as const }),
    fc.record({ op: fc.constant("write" as const), value: values }),
    fc.record({ op: fc.constant("cas" as const), from: values, to: values }),
  ),
  init: () => null,
  answer: (value, input) => {
    if (input.op === "read") return [value, value];
    if (input.op === "write") return [input.value, undefined];
    return value === input.from ? [input.to, true] : [value, false];
  },
  wrong: ({ op }) => (op === "read" ? maybe : fc.boolean()),
};

/** A map that works, whole: its keys are not apart. */
export const map: Service<ReadonlyMap<string, number>, number | null, MapInput<number>, MapOutput<number>> = {
  model: mapModel<number>(),
  inputs: fc.record({ key: fc.constantFrom("a", "b"), rest: mapInputs() }).map(({ key, rest }) => ({ key, ...rest })),
  init: () => new Map(),
  answer: (entries, input) => {
    const value = entries.get(input.key) ?? null;
    if (input.op === "get") return [entries, value];
    if (input.op === "put") return [new Map([...entries, [input.key, input.value]]), undefined];
    if (input.op === "delete") return [without(entries, input.key), value !== null];
    if (input.op !== "cas" || value !== input.from) return [entries, false];
    return [new Map([...entries, [input.key, input.to]]), true];
  },
  wrong: ({ op }) => (op === "get" ? maybe : fc.boolean()),
};

function mapInputs() {
  return fc.oneof(
    fc.constant({ op: "get" as const }),
    fc.constant({ op: "delete" as const }),
    fc.record({ op: fc.constant("put" as const), value: values }),
    fc.record({ op: fc.constant("cas" as const), from: maybe, to: values }),
  );
}

function without(entries: ReadonlyMap<string, number>, key: string): ReadonlyMap<string, number> {
  return new Map([...entries].filter(([other]) => other !== key));
}

/** A queue that works. */
export const queue: Service<readonly number[], QueueState<number>, QueueInput<number>, number | null | undefined> = {
  model: queueModel<number>(),
  inputs: fc.oneof(fc.constant({ op: "get" as const }), fc.record({ op: fc.constant("put" as const), value: values })),
  init: () => [],
  answer: (waiting, input) => {
    if (input.op === "put") return [[...waiting, input.value], undefined];
    return [waiting.slice(1), waiting[0] ?? null];
  },
  wrong: ({ op }) => (op === "get" ? maybe : fc.constant(undefined)),
};

/** A lock that works, and refuses whoever cannot have it. */
export const lock: Service<string | null, string | null, LockInput, boolean | null | undefined> = {
  model: lockModel(),
  inputs: fc.record({ op: fc.constantFrom("acquire" as const, "release" as const), owner: fc.constantFrom("a", "b") }),
  init: () => null,
  answer: (holder, { op, owner }) => {
    if (op === "acquire") return holder === null ? [owner, true] : [holder, false];
    return holder === owner ? [null, true] : [holder, false];
  },
  wrong: () => fc.boolean(),
};
