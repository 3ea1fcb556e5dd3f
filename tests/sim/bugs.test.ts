// The fifteen programs of examples/bugs. Their numbers of schedules, and how many of these fail, were established by
// another program, in another runtime, where a figure stands here.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Program, dpor, exhaustive, explore, replay } from "escapement/sim";
import { describe, expect, it } from "vitest";
import { LONG, type Reached, reach } from "./reach.ts";

const folder = fileURLToPath(new URL("../../examples/bugs/", import.meta.url));
const names = readdirSync(folder)
  .filter((file) => /^\d\d-/.test(file))
  .map((file) => file.replace(".ts", ""))
  .toSorted();

interface BugModule {
  readonly default: Program<unknown>;
  readonly fixed: Program<unknown>;
}

const load = async (name: string) => (await import(/* @vite-ignore */ `${folder}${name}.ts`)) as BugModule;

const covered = new Map<Program<unknown>, Reached>();
/** Under every schedule, for all tests that ask. */
function cover(program: Program<unknown>): Reached {
  const reached = covered.get(program) ?? reach(program, exhaustive());
  covered.set(program, reached);
  return reached;
}

const PUBLISHED: Readonly<Record<string, readonly [schedules: number, percent: number]>> = {
  "01-lost-update": [6, 67],
  "02-double-checked-init": [18, 67],
  "03-lock-order-inversion": [10, 40],
  "04-missed-wakeup": [6, 33],
  "05-cancelled-waiter": [25_563, 12],
  "06-semaphore-over-release": [34_106, 46],
  "08-late-resource": [48, 25],
  "09-aba": [35, 9],
  "11-stale-cache-fill": [1456, 23],
  "13-split-brain": [155_064, 34],
  "15-at-least-once": [3002, 57],
};
// More than 200,000 schedules: exhaustive search is not for it.
const TOO_LARGE = "10-writer-starvation";
const coverable = names.filter((name) => name !== TOO_LARGE);

describe("the fifteen bugs", () => {
  it("are fifteen", () => {
    expect(names).toHaveLength(15);
  });

  it.each(Object.entries(PUBLISHED))(
    "%s has the published schedules and failures",
    async (name, [count, percent]) => {
      const { schedules, failures } = cover((await load(name)).default);
      expect(schedules).toBe(count);
      expect(Math.round((failures / schedules) * 100)).toBe(percent);
    },
    LONG,
  );

  it.each(coverable)(
    "%s, fixed, is proved right",
    async (name) => {
      expect(cover((await load(name)).fixed).failures).toBe(0);
    },
    LONG,
  );

  it.each(coverable.flatMap((name) => [[name, "default"] as const, [name, "fixed"] as const]))(
    "%s, %s, comes to the same ends under dpor, in a hundredth of the schedules where there are many",
    async (name, version) => {
      const program = (await load(name))[version];
      const all = cover(program);
      const reduced = reach(program, dpor());
      expect(reduced.ends).toEqual(all.ends);
      expect(reduced.schedules).toBeLessThanOrEqual(all.schedules > 10_000 ? all.schedules / 100 : all.schedules);
    },
    LONG,
  );

  it.each(names)(
    "%s is found by dpor, and proved right by it when it is fixed, within 20,000 schedules",
    async (name) => {
      const { default: buggy, fixed } = await load(name);
      const options = { strategy: dpor(), schedules: 20_000, shrink: false };
      expect(explore(buggy, options).failures).toHaveLength(1);
      expect(explore(fixed, { ...options, strategy: dpor() })).toMatchObject({ complete: true, failures: [] });
    },
  );

  it.each(names)("%s is found within 1,000 schedules by the default, and told in 40 characters", async (name) => {
    const program = (await load(name)).default;
    for (let seed = 0; seed < 10; seed += 1) {
      const { failures } = explore(program, { seed: seed * 10_000 });
      expect(failures).toHaveLength(1);
      const { repro, shrunk } = failures[0]!;
      expect(repro.length).toBeLessThanOrEqual(40);
      expect(replay(program, repro)).toMatchObject({ status: shrunk.status, digest: shrunk.digest });
    }
  });

  it("are told in 16 characters, at the median", async () => {
    const lengths: number[] = [];
    for (const name of names) {
      const { failures } = explore((await load(name)).default, { seed: 5 });
      lengths.push(failures[0]!.repro.length);
    }
    expect(lengths.toSorted((a, b) => a - b)[7]).toBeLessThanOrEqual(16);
  });
});
