import { type AttachCommand, attachCommand } from "./command.ts";
import { treeOf } from "./describe-report.ts";

/** `escapement tree PID` */
export const tree: AttachCommand = attachCommand(
  "tree",
  "Draws who waits for whom among the tasks of a running process, with their frames.",
  async (target) => {
    process.stdout.write(`${treeOf(await target.report()) || "No task."}\n`);
  },
);
