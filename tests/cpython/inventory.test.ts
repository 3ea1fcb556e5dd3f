import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseSource } from "../architecture/source.ts";
import { applicable, callFaults, callsBeyond, keyOf, takeInventory } from "./inventory.ts";
import { portCallsIn, readPortCalls } from "./port-calls.ts";
import type { PortCall } from "./port-calls.ts";
import { renderInventory } from "./render-inventory.ts";

const folder = new URL("./", import.meta.url);
const calls = readPortCalls(folder);

describe("the inventory of CPython's tests", () => {
  it("knows 551 that apply, of which 59 were expected to be adapted", () => {
    expect(new Set(applicable.map(keyOf)).size).toBe(551);
    expect(applicable.filter(({ adapt }) => adapt)).toHaveLength(59);
  });

  it("misses none", () => {
    const missing = takeInventory(calls).filter(({ state }) => state === "missing");
    expect(missing.map(({ original }) => keyOf(original))).toEqual([]);
  });

  it("has each once, under CPython's name, and none that is said to come later", () => {
    expect(callFaults(calls)).toEqual([]);
  });

  it("is what INVENTORY.md says (npm run inventory)", () => {
    expect(readFileSync(new URL("INVENTORY.md", folder), "utf8")).toBe(renderInventory(calls));
  });
});

// The reader and the checker themselves, on planted calls.
describe("the reader of ported tests", () => {
  const read = (text: string) => portCallsIn(parseSource("test_locks.lock.test.ts", text));

  it("finds file, class, name, kind and remark of each call", () => {
    const found = read(`
      import { ported } from "./port.ts";
      describe("LockTests", () => {
        ported("test_acquire", () => valueOf(lock));
        adapted("test_repr", "repr is toString", () => {});
      });
      describe("EventTests", () => leftOut("test_wait", "no reason"));
    `);
    expect(found).toEqual([
      callOf("LockTests", "test_acquire", { where: "test_locks.lock.test.ts:4" }),
      callOf("LockTests", "test_repr", {
        kind: "adapted",
        remark: "repr is toString",
        where: "test_locks.lock.test.ts:5",
      }),
      callOf("EventTests", "test_wait", { kind: "left out", remark: "no reason", where: "test_locks.lock.test.ts:7" }),
    ]);
  });

  it("looks up a remark that several tests share", () => {
    const found = read(`
      describe("LockTests", () => {
        const how = "no loop parameter";
        adapted("test_repr", how, () => {});
        adapted("test_lock", \`\${how}, no \\\`await\\\`\`, () => {});
      });
    `);
    expect(found.map(({ remark }) => remark)).toEqual(["no loop parameter", "no loop parameter, no `await`"]);
  });

  it.each([
    [`ported("test_acquire", () => {});`, "test_locks.lock.test.ts:1 stands in no describe"],
    [`describe("LockTests", () => {}); ported("test_acquire", () => {});`, "stands in no describe"],
    ["describe(name, () => ported('test_acquire', () => {}));", "argument 1 is no text"],
    ["describe('LockTests', () => ported(name, () => {}));", "argument 1 is no text"],
    ["describe('LockTests', () => leftOut('test_repr', why));", "argument 2 is no text"],
  ])("refuses what it cannot read: %s", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe("the checker of ported tests", () => {
  it("finds a test that CPython does not have", () => {
    expect(callFaults([callOf("LockTests", "test_acquire"), callOf("LockTests", "test_aquire")])).toEqual([
      "here:1: CPython has no test_locks.py::LockTests::test_aquire.",
    ]);
  });

  it("finds an adaptation that does not say how", () => {
    expect(callFaults([callOf("LockTests", "test_repr", { kind: "adapted", remark: " " })])).toEqual([
      "here:1: test_locks.py::LockTests::test_repr does not say how, or why.",
    ]);
  });

  it("finds a test that is there twice, and not one of the same name in another class", () => {
    const twice = [
      callOf("LockTests", "test_repr"),
      callOf("EventTests", "test_repr"),
      callOf("LockTests", "test_repr"),
    ];
    expect(callFaults(twice)).toEqual(["here:1: test_locks.py::LockTests::test_repr is in here:1 already."]);
  });

  it("finds a test that is there although its subject is said to come later", () => {
    const later = [{ file: "test_locks.py", className: "LockTests", reason: "locks come later" }];
    const found = callFaults([callOf("LockTests", "test_repr"), callOf("EventTests", "test_repr")], later);
    expect(found).toEqual([
      `here:1: test_locks.py::LockTests::test_repr is here; "locks come later" says that it cannot be.`,
    ]);
  });

  it("tells what is ported from what is missing and what comes later", () => {
    const later = [{ file: "test_locks.py", className: "EventTests", reason: "events come later" }];
    const entries = takeInventory([callOf("LockTests", "test_repr")], later).filter(
      ({ original }) => original.file === "test_locks.py" && original.name === "test_repr",
    );
    expect(entries.map(({ original, state, remark }) => [original.className, state, remark])).toEqual([
      ["LockTests", "ported", ""],
      ["EventTests", "later", "events come later"],
      ["ConditionTests", "missing", ""],
      ["SemaphoreTests", "missing", ""],
      ["BarrierTests", "missing", ""],
    ]);
  });

  it("lists apart what CPython has and nobody asked for", () => {
    const extra = callOf("LockTests", "test_lock_doesnt_accept_loop_parameter", {
      kind: "adapted",
      remark: "a __new__ way",
    });
    const all = [callOf("LockTests", "test_repr"), extra];
    expect(callFaults(all)).toEqual([]);
    expect(callsBeyond(all)).toEqual([extra]);
    expect(renderInventory(all).split("## Beyond the 551")[1]).toBe(
      "\n\n- `test_locks.py::LockTests::test_lock_doesnt_accept_loop_parameter`: adapted: a `__new__` way\n",
    );
  });
});

function callOf(className: string, name: string, more: Partial<PortCall> = {}): PortCall {
  return { kind: "ported", file: "test_locks.py", className, name, remark: "", where: "here:1", ...more };
}
