import { describe, expect, it } from "vitest";
import { show } from "../../src/sim/show.ts";

class Point {
  readonly x: number;
  constructor(x: number) {
    this.x = x;
  }
}

describe("a value in words", () => {
  it.each<[unknown, string]>([
    [null, "null"],
    [undefined, "undefined"],
    [-0, "-0"],
    [NaN, "NaN"],
    [3n, "3n"],
    ["a\n", `"a\\n"`],
    [[1, [], ["x"]], `[1, [], ["x"]]`],
    [{ b: 1, a: { "c d": [] } }, `{a: {"c d": []}, b: 1}`],
    [
      new Map<unknown, unknown>([
        ["b", 1],
        ["a", { c: 2 }],
      ]),
      `Map {["a", {c: 2}], ["b", 1]}`,
    ],
    [new Set([2, 1]), "Set {1, 2}"],
  ])("is, for %o, %s", (value, text) => {
    expect(show(value)).toBe(text);
  });

  it("tells apart what looks alike", () => {
    const values = [
      1,
      "1",
      1n,
      [1],
      [[1]],
      { 0: 1 },
      new Set([1]),
      [undefined],
      [null],
      [],
      {},
      Symbol("a"),
      Symbol("a"),
    ];
    expect(new Set(values.map(show)).size).toBe(values.length);
  });

  it("takes an object of a class, a function and a symbol for itself alone", () => {
    const [point, other] = [new Point(1), new Point(1)];
    expect(show(point)).toBe(show(point));
    expect(show(point)).toMatch(/^Point#\d+$/);
    expect(show(point)).not.toBe(show(other));
    expect(show(show)).toMatch(/^show#\d+$/);
  });

  it("ends for what contains itself", () => {
    const ring: unknown[] = [1];
    ring.push(ring);
    expect(show(ring)).toMatch(/^\[1, Array#\d+\]$/);
  });

  it("goes through a list of 50,000 links", () => {
    let list: unknown = null;
    for (let i = 0; i < 50_000; i += 1) list = [i, list];
    const text = show(list);
    expect([text.slice(0, 17), text.slice(-50_009)]).toEqual(["[49999, [49998, [", ` [0, null${"]".repeat(50_000)}`]);
  });
});
