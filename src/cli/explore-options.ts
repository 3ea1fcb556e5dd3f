import { parseArgs } from "node:util";
import type { Plan } from "./batch.ts";
import { STRATEGY_NAMES, strategyNamed } from "./strategies.ts";
import { UsageError } from "./usage-error.ts";

const DEFAULT_SCHEDULES = 1000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** What `explore` was asked for. */
export interface ExploreRequest {
  readonly file: string;
  readonly jobs: number;
  readonly plan: Plan;
}

/** The command line of `explore`, after its name. */
export const EXPLORE_USAGE: string =
  "explore <file> [--schedules <n> | --for <time>] [--strategy <name>] [--seed <n>] [--jobs <n>] [--stop-after <n>] [--max-steps <n>]";

/** @throws {UsageError} Which says what is wrong with it. */
export function readExploreOptions(args: string[]): "help" | ExploreRequest {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  const [file, extra] = positionals;
  if (file === undefined) throw new UsageError("explore what? The file is missing.");
  if (extra !== undefined) throw new UsageError(`explore takes one file, and found "${extra}" after "${file}".`);
  const { schedules, for: time } = values;
  if (schedules !== undefined && time !== undefined) {
    throw new UsageError("--schedules and --for exclude each other: which of them ends the exploration?");
  }
  const plan: Plan = {
    strategy: strategyNamed(values.strategy ?? STRATEGY_NAMES[0]!),
    seed: integer("--seed", values.seed ?? "0", 0),
    schedules: time === undefined ? integer("--schedules", schedules ?? String(DEFAULT_SCHEDULES), 1) : Infinity,
    stopAfter: integer("--stop-after", values["stop-after"] ?? "1", 1),
    maxSteps: readMaxSteps(values["max-steps"]),
    until: time === undefined ? Infinity : Date.now() + duration(time),
  };
  return { file, jobs: integer("--jobs", values.jobs ?? "1", 1), plan };
}

type Names = "schedules" | "for" | "strategy" | "seed" | "jobs" | "stop-after" | "max-steps";

function parse(args: string[]): {
  values: { [name in Names]?: string } & { help?: boolean };
  positionals: string[];
} {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        schedules: { type: "string" },
        for: { type: "string" },
        strategy: { type: "string" },
        seed: { type: "string" },
        jobs: { type: "string" },
        "stop-after": { type: "string" },
        "max-steps": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** @throws {UsageError} When it is given and no number of steps. */
export function readMaxSteps(text: string | undefined): number | undefined {
  return text === undefined ? undefined : integer("--max-steps", text, 1);
}

function integer(option: string, text: string, least: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`${option} takes a whole number, ${least} or more, not "${text}".`);
}

function duration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const milliseconds = Number(number) * UNITS[unit ?? ""]!;
  if (milliseconds > 0) return milliseconds;
  throw new UsageError(`--for takes a time such as 30s, 10m or 1h, not "${text}".`);
}
