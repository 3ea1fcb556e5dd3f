import { constants } from "node:os";
import { reportLoops } from "../task/attach.ts";
import { treeOf } from "./attach/describe-report.ts";
import { UsageError } from "./usage-error.ts";

// Each costs about a millisecond.
const LOCATED = 1000;

/**
 * From now on the signal prints, on stderr, who waits for whom, in place of what it does else.
 *
 * @returns What takes that back.
 * @throws {UsageError} When there is no such signal, or none that a program can handle.
 */
export function dumpOn(signal: string): () => void {
  const name = signal as NodeJS.Signals;
  if (!Object.hasOwn(constants.signals, name)) throw new UsageError(`--dump-on: there is no signal "${signal}".`);
  if (signal === "SIGKILL" || signal === "SIGSTOP") throw new UsageError(`--dump-on: no program can handle ${signal}.`);
  const dump = (): void => void process.stderr.write(`${treeOf(reportLoops(LOCATED)) || "No task."}\n`);
  process.on(name, dump);
  return () => process.removeListener(name, dump);
}
