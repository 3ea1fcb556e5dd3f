import { type AttachCommand, attachCommand } from "./command.ts";
import { tableOf } from "./describe-report.ts";
import { DevtoolsError } from "./devtools.ts";
import type { Target } from "./target.ts";

const EVERY = 1000;
const CLEAR = "\u001B[H\u001B[2J";

/** `escapement watch PID` */
export const watch: AttachCommand = attachCommand(
  "watch",
  "Lists the tasks of a running process once a second, until it ends or Ctrl-C.",
  async (target) => {
    let stop = (): void => {};
    const stopped = new Promise<"stopped">((resolve) => (stop = () => resolve("stopped")));
    process.once("SIGINT", stop);
    try {
      while ((await look(target)) && (await Promise.race([stopped, pause()])) !== "stopped");
    } finally {
      process.removeListener("SIGINT", stop);
    }
  },
);

/** False when the process has ended. */
async function look(target: Target): Promise<boolean> {
  try {
    const table = tableOf(await target.report()) || "No task.";
    process.stdout.write(`${process.stdout.isTTY ? CLEAR : ""}${table}\n`);
    return true;
  } catch (error) {
    if (!(error instanceof DevtoolsError)) throw error;
    process.stdout.write(`Process ${target.pid} has ended.\n`);
    return false;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, EVERY));
}
