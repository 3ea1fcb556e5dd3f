import type { Program } from "../sim/index.ts";
import { batchOf, runBatch } from "./batch.ts";
import { type BatchRunner, Campaign } from "./campaign.ts";
import { EXPLORE_USAGE, type ExploreRequest, readExploreOptions } from "./explore-options.ts";
import { exploreReport } from "./explore-report.ts";
import { loadProgram } from "./load-program.ts";
import { ProgressLine, counted } from "./progress-line.ts";
import { reportError } from "./report-error.ts";
import { STRATEGY_NAMES, isSystematic } from "./strategies.ts";
import { ThreadRunner } from "./thread-runner.ts";
import { UsageError } from "./usage-error.ts";

const SUMMARY =
  "Runs the coroutine function that the file exports as default under many schedules; tells the shortest that fails, and ends with 1.";
const DETAILS = `
  --schedules <n>    how many, 1000 by default
  --for <time>       for how long instead: 30s, 10m, 1h
  --strategy <name>  ${STRATEGY_NAMES.join(", ")}
  --seed <n>         what all draws follow from, 0 by default; another seed, other schedules
  --jobs <n>         in so many threads (needs the package piscina); what is found is the same for any number
  --stop-after <n>   so many failing schedules are enough, 1 by default
  --max-steps <n>    a run that is not over after so many steps has failed, 100000 by default
`;

const FAILED = 1;

/** `escapement explore file.ts`. */
export const explore: { readonly usage: string; readonly summary: string; run(args: string[]): Promise<number> } = {
  usage: EXPLORE_USAGE,
  summary: SUMMARY,
  async run(args) {
    const request = readExploreOptions(args);
    if (request === "help") {
      process.stdout.write(`Usage: escapement ${EXPLORE_USAGE}\n\n${SUMMARY}\n${DETAILS}`);
      return 0;
    }
    Error.stackTraceLimit = 50;
    process.setSourceMapsEnabled(true);
    try {
      return await execute(request, await loadProgram(request.file));
    } catch (error) {
      if (error instanceof UsageError) throw error;
      process.stderr.write(`${reportError(error, request.file)}\n`);
      return FAILED;
    }
  },
};

async function execute(request: ExploreRequest, program: Program<unknown>): Promise<number> {
  const { plan, file, jobs } = request;
  const line = new ProgressLine(process.stderr);
  const threads = startThreads(request);
  const runner: BatchRunner = threads ?? { run: async (batch, _signal, tell) => runBatch(program, batch, tell) };
  const campaign = new Campaign(plan, runner, (progress) => line.update(progress));
  try {
    await campaign.run(threads === null ? 1 : jobs);
    return campaign.findings.failures.length > 0 ? FAILED : 0;
  } finally {
    // Also when something is thrown: what was found until then is not lost.
    const { findings } = campaign;
    line.end({ ...findings, failures: findings.failures.length });
    if (findings.schedules > 0) process.stdout.write(exploreReport(program, file, plan, findings));
    await threads?.close();
  }
}

/** Null when this thread is enough. */
function startThreads({ file, jobs, plan }: ExploreRequest): ThreadRunner | null {
  if (jobs === 1) return null;
  if (batchOf(plan, 1) !== null) return new ThreadRunner(file, jobs);
  const why = isSystematic(plan.strategy)
    ? `${plan.strategy} goes from each schedule to the next`
    : `${counted(plan.schedules, "schedule")} are one batch`;
  process.stderr.write(`--jobs ${jobs} has nothing to spread: ${why}.\n`);
  return null;
}
