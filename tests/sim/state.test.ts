import type { Coroutine } from "escapement";
import { dpor, explore, simulate, state } from "escapement/sim";
import { describe, expect, it } from "vitest";

class Account {
  balance = 1;

  add(amount: number): this {
    this.balance += amount;
    return this;
  }
}

interface Shared {
  readonly list: { n: number }[];
  readonly map: Map<string, { n: number }>;
  readonly set: Set<string>;
  readonly account: Account;
  extra?: number;
}

/** Works on tracked state, as whoever tracks it sees it, and says what came of it. */
function* useEverything(): Coroutine<unknown> {
  const shared = state<Shared>(
    {
      list: [{ n: 1 }, { n: 2 }],
      map: new Map([["a", { n: 3 }]]),
      set: new Set(["x"]),
      account: new Account(),
      extra: 1,
    },
    "shared",
  );
  const { list, map, set, account } = shared;
  list.push({ n: 4 });
  list[0]!.n += 10;
  map.set("b", { n: 5 });
  map.get("a")!.n += 10;
  set.add("y");
  account.add(2).add(3);
  delete shared.extra;
  return {
    list: list.map(({ n }) => n),
    same: list[1] === list.find(({ n }) => n === 2) && list.indexOf(list[1]!) === 1,
    popped: list.pop()?.n,
    length: list.length,
    spread: [...list].map(({ n }) => n),
    map: [...map].map(([key, { n }]) => `${key}${n}`),
    size: map.size,
    has: [map.has("b"), set.has("y"), "extra" in shared],
    set: [...set],
    balance: account.balance,
    isAccount: account instanceof Account,
    isArray: Array.isArray(list),
    keys: Object.keys(shared),
    json: JSON.stringify(shared.list),
  };
}

describe("state", () => {
  it("is the value itself where nobody looks", () => {
    const value = { a: 1 };
    expect(state(value)).toBe(value);
    expect(
      simulate(function* () {
        return state(value) === value;
      }).value,
    ).toBe(true);
  });

  it("behaves as what it tracks", () => {
    const expected = simulate(useEverything).value;
    expect(expected).toMatchObject({ list: [11, 2, 4], balance: 6, has: [true, true, false], set: ["x", "y"] });
    expect(simulate(useEverything, { strategy: dpor() }).value).toEqual(expected);
  });

  it("gives the same proxy for the same object", () => {
    const { failures } = explore(
      function* () {
        const shared = state({ inner: { a: 1 }, list: [{ b: 1 }] }, "shared");
        const kept = shared.list[0];
        if (shared.inner !== shared.inner || shared.list.at(0) !== kept) throw new Error("two of one");
        if (state(shared) !== shared) throw new Error("a proxy of a proxy");
      },
      { strategy: dpor() },
    );
    expect(failures).toEqual([]);
  });
});
