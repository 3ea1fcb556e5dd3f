import { type AttachCommand, attachCommand } from "./command.ts";
import { tableOf } from "./describe-report.ts";

/** `escapement ps PID` */
export const ps: AttachCommand = attachCommand(
  "ps",
  "Lists the tasks of a running process: what each waits for, where, and who waits for it.",
  async (target) => {
    process.stdout.write(`${tableOf(await target.report()) || "No task."}\n`);
  },
);
