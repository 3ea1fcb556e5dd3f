// The part of docs/performance.md that is about simulation, from its record.
import { machineOf, markdownTable } from "../markdown.ts";
import { figure } from "../report.ts";
import { deviation, median } from "../statistics.ts";
import type { BugFound, Rate, Replays, SimRecord } from "./sim-record.ts";

// A bug counts as found when so many of a hundred seeds find it.
const CONFIDENT = 0.95;
// dpor is to run at most one of so many schedules, where there are more than so many.
const REDUCTION = 100;
const LARGE = 10_000;

/** The parts that the template asks for. @throws {Error} When nothing is recorded, or only a part. */
export function simParts(record: SimRecord | null): Record<string, string> {
  if (record?.rates === undefined || record.bugs === undefined || record.replays === undefined) {
    throw new Error("bench: simulation is not recorded. Run npm run bench:sim -- --record.");
  }
  const { rates, bugs, replays } = record;
  return {
    "sim-machine": machineOf(record),
    "sim-rounds": String(rates[0]!.samples.length),
    "sim-rates": ratesOf(rates),
    "sim-found": foundOf(bugs),
    "sim-bugs": bugsOf(bugs),
    "sim-reduced": reducedOf(bugs),
    "sim-replays": replaysOf(replays),
  };
}

/** The whole record, for a terminal; or what it lacks. */
export function simText(record: SimRecord): string {
  const lacks = (["rates", "replays", "bugs"] as const).filter((part) => record[part] === undefined);
  if (lacks.length > 0) return `Not measured yet: ${lacks.join(", ")}.`;
  const { "sim-machine": machine, "sim-rounds": _, ...parts } = simParts(record);
  return [machine, ...Object.values(parts)].join("\n\n");
}

function ratesOf(rates: readonly Rate[]): string {
  const rows = rates.map((rate) => {
    const { what, unit, target, samples } = rate;
    const range = `${shown(Math.min(...samples))} to ${shown(Math.max(...samples))}`;
    const [goal, reached] = target === null ? ["", ""] : [shown(target), isReached(rate) ? "yes" : "no"];
    return [what, unit, shown(median(samples)), shown(deviation(samples)), range, goal, reached];
  });
  return markdownTable(["", "unit", "median", "±", "least to most", "target", "reached"], rows);
}

function isReached({ unit, target, samples }: Rate): boolean {
  const least = unit !== "s" && !unit.endsWith("at most");
  return target !== null && (least ? median(samples) >= target : median(samples) <= target);
}

function shown(value: number): string {
  return value < 10 ? value.toFixed(2) : figure(Math.round(value));
}

function foundOf(bugs: readonly BugFound[]): string {
  const confident = (count: (bug: BugFound) => number): number =>
    bugs.filter((bug) => count(bug) >= bug.seeds * CONFIDENT).length;
  const [soon, late] = [confident((bug) => bug.soon), confident((bug) => bug.late)];
  return `In at least 95 % of the seeds, the default finds ${late} of the ${bugs.length} within 1,000 schedules, and ${soon} within 100.`;
}

function bugsOf(bugs: readonly BugFound[]): string {
  const rows = bugs.map(({ name, seeds, soon, late, repro, exhaustive, dpor, fixedExhaustive, fixedDpor }) => [
    name,
    `${soon} of ${seeds}`,
    `${late} of ${seeds}`,
    repro.join(", "),
    exhaustive === null ? "" : figure(exhaustive),
    figure(dpor),
    exhaustive === null ? "" : times(exhaustive / dpor),
    fixedExhaustive === null ? "" : figure(fixedExhaustive),
    figure(fixedDpor),
  ]);
  const heads = [
    "",
    "within 100",
    "within 1,000",
    "repro",
    "exhaustive",
    "dpor",
    "times fewer",
    "fixed",
    "fixed, dpor",
  ];
  return markdownTable(heads, rows);
}

function times(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(1) : figure(Math.round(ratio));
}

function reducedOf(bugs: readonly BugFound[]): string {
  const large = bugs.flatMap(({ exhaustive, dpor }) =>
    exhaustive !== null && exhaustive > LARGE ? [exhaustive / dpor] : [],
  );
  const reached = large.filter((ratio) => ratio >= REDUCTION).length;
  return `Of the ${large.length} with more than ${figure(LARGE)} schedules (and no more than can be counted), dpor reduces ${reached} a hundredfold or more: the least by ${times(Math.min(...large))} times.`;
}

function replaysOf({ seeds, each, different, processes }: Replays): string {
  const hashes = new Set(processes.map(({ hash }) => hash));
  const where = processes.map(({ runtime }) => runtime).join(", ");
  const same =
    hashes.size === 1 ? "all digests are equal across them" : `the digests differ: ${[...hashes].join(", ")}`;
  return `${figure(seeds)} seeds, each replayed ${figure(each)} times, in ${processes.length} processes (${where}): ${different} replays had another digest, and ${same}.`;
}
