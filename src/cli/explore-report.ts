import type { Program, SimulateOptions } from "../sim/index.ts";
import { tellFound } from "../sim/report.ts";
import type { BatchResult, Found, Plan } from "./batch.ts";
import { counted } from "./progress-line.ts";
import { quietly } from "./quiet.ts";

/** What an exploration found, for its end: the story of the first failure, the others, what was never true. */
export function exploreReport(
  program: Program<unknown>,
  file: string,
  { maxSteps }: Pick<Plan, "maxSteps">,
  { schedules, complete, failures, sometimes }: BatchResult,
): string {
  const options = maxSteps === undefined ? {} : { maxSteps };
  const [first] = failures;
  const lines = [
    first === undefined ? nothingFails(schedules, complete) : story(program, file, first, schedules, options),
    ...(failures.length > 1 ? ["", ...kindsOf(failures)] : []),
    ...(sometimes.size > 0 ? ["", ...timesOf(sometimes)] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function nothingFails(schedules: number, complete: boolean): string {
  const some = counted(schedules, "schedule");
  if (!complete) return `Nothing fails in ${some}.`;
  return `Nothing fails: ${some} ${schedules === 1 ? "stands" : "stand"} for all there are. That is a proof.`;
}

function story(
  program: Program<unknown>,
  file: string,
  found: Found,
  schedules: number,
  options: SimulateOptions,
): string {
  const limit = options.maxSteps === undefined ? "" : ` --max-steps ${options.maxSteps}`;
  const replayIt = `npx escapement replay ${file} ${found.repro}${limit}`;
  return quietly(() => tellFound(program, found, { schedules }, options, replayIt));
}

/** Each kind of failure once, with its shortest repro. */
function kindsOf(failures: readonly Found[]): string[] {
  const kinds = new Map<string, { shortest: Found; count: number }>();
  for (const found of failures) {
    const known = kinds.get(found.kind);
    const shorter = known === undefined || found.repro.length < known.shortest.repro.length;
    kinds.set(found.kind, { shortest: shorter ? found : known.shortest, count: (known?.count ?? 0) + 1 });
  }
  const rows = [...kinds.values()].map(({ shortest, count }) => `  ${count} × ${shortest.what}  ${shortest.repro}`);
  return [`All ${counted(failures.length, "failure")}, by kind, each with its shortest repro:`, ...rows];
}

function timesOf(sometimes: BatchResult["sometimes"]): string[] {
  return [...sometimes].map(([name, count]) =>
    count === 0 ? `"${name}" was never true.` : `"${name}" was true ${counted(count, "time")}.`,
  );
}
