import type { Place } from "./trace.ts";

const FRAME = /^\s+at (?:(?:async )?(.*?) \()?(?:file:\/\/)?(.*?):(\d+):(\d+)\)?$/;
// The task's step calls it, and it resumes the innermost generator.
const DRIVER = /\bresume \(.*task[/\\]coroutine\.[jt]s/;
const OWN = /[/\\]inspect[/\\](native-stack|call-graph)\.[jt]s/;

/**
 * The functions that are running now, innermost first, down to where the task's step began. Empty on a host whose stacks
 * are of another form than V8's.
 *
 * @internal
 */
export function framesOfStack(): Place[] {
  const lines = stackLines();
  const end = lines.findIndex((line) => DRIVER.test(line));
  return lines.slice(0, Math.max(end, 0)).flatMap(readFrame);
}

function stackLines(): readonly string[] {
  const traces = Error as { stackTraceLimit?: number };
  const limit = traces.stackTraceLimit;
  try {
    traces.stackTraceLimit = Infinity;
    return new Error("here").stack?.split("\n") ?? [];
  } finally {
    if (limit === undefined) delete traces.stackTraceLimit;
    else traces.stackTraceLimit = limit;
  }
}

// `inner.next (<anonymous>)` is how a generator is resumed, and no frame of the program.
function readFrame(text: string): Place[] {
  const found = FRAME.exec(text);
  if (found === null || OWN.test(text)) return [];
  const [, name = "(anonymous)", file = "", line, column] = found;
  return [{ name, file: decodeURIComponent(file), line: Number(line), column: Number(column) }];
}
