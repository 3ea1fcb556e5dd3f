import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Place, type Trace, alternativesAt, narrate } from "escapement/inspect";
import { describe, expect, it } from "vitest";
import type { Job, Outcome } from "../../docs/playground/job.ts";
import { outcomeOf } from "../../docs/playground/run-job.ts";
import { translate } from "../../docs/playground/translate.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const examples = `${root}examples/`;
const lessons = readdirSync(`${examples}lessons`)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => `lessons/${file.slice(0, -3)}`);
const read = (file: string) => readFileSync(`${examples}${file}`, "utf8");

function run(text: string, otherwise: Job["otherwise"] = null): Outcome {
  return outcomeOf({ text, program: translate(text), otherwise });
}

function traceOf(outcome: Outcome): Trace {
  if ("problem" in outcome) throw new Error(outcome.problem);
  return outcome.trace;
}

const printedIn = ({ events }: Trace) => events.flatMap(({ kind, text }) => (kind === "mark" ? [String(text)] : []));
/** Of each wait, the line where the task itself is: what it called, V8 tells of some only. */
const linesIn = ({ events }: Trace) =>
  events.flatMap(({ kind, frames }) =>
    kind === "task.suspended" ? [(frames as { line?: number }[]).find(({ line }) => line !== undefined)?.line] : [],
  );
/** Node's inspector tells; asked in a process without a test runner, whose lines are others. */
function linesByNode(): Record<string, unknown> {
  const program = `
    const { record } = await import(${JSON.stringify(`${root}src/inspect/index.ts`)});
    console.log = () => {};
    const traces = {};
    for (const name of ${JSON.stringify(lessons)}) {
      traces[name] = record((await import(${JSON.stringify(examples)} + name + ".ts")).default).trace;
    }
    process.stdout.write(JSON.stringify(traces));`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", program];
  const { stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", maxBuffer: 1e8 });
  const traces = Object.entries(JSON.parse(stdout) as Record<string, Trace>);
  return Object.fromEntries(traces.map(([name, trace]) => [name, linesIn(trace)]));
}

const problemIn = (text: string) => {
  const outcome = run(text);
  return "problem" in outcome ? outcome.problem : "none";
};

describe("A program in the playground", () => {
  it.each([...lessons, "02-gather", "03-cancel", "04-timeout", "08-work-queue"])("prints what %s prints", (name) => {
    const printed = printedIn(traceOf(run(read(`${name}.ts`))));
    expect(`${printed.join("\n")}\n`).toBe(read(`${name}.out`));
  });

  it("says where its tasks wait, as Node does", () => {
    const found = lessons.map((name) => [name, linesIn(traceOf(run(read(`${name}.ts`))))]);
    expect(Object.fromEntries(found)).toEqual(linesByNode());
  }, 60_000);

  it("says so of the generators that they called, too: the two diners, each at a lock", () => {
    const { events } = traceOf(run(read("lessons/13-deadlock.ts")));
    const frames = events.flatMap((event) => (event.kind === "task.suspended" ? [event["frames"] as Place[]] : []));
    expect(frames.at(-1)!.map(({ name, line }) => `${name} ${line}`)).toEqual(["dine 6", "(anonymous) 9"]);
  });

  it("is run again with one thing decided otherwise", () => {
    const text = read("lessons/02-ready-queue.ts");
    const trace = traceOf(run(text));
    const index = trace.events.findIndex(({ kind }) => kind === "step.ended") + 1;
    const { decision } = alternativesAt(trace, index).find(({ label }) => label === "b runs next")!;
    expect(printedIn(traceOf(run(text, { trace, index, decision })))).not.toEqual(printedIn(trace));
  });

  it("is held when it waits for ever, and its beginning is there", () => {
    const outcome = run("export default function* main() { for (;;) yield; }");
    expect(outcome).toMatchObject({ held: true });
    expect(narrate(traceOf(outcome), 0)).toBe("The task Task-1 is made.");
  });

  it("leaves its trace when it throws", () => {
    const { events } = traceOf(run("export default function* main() { yield; throw new Error('no'); }"));
    expect(events.at(-1)).toMatchObject({ kind: "ended", outcome: "raised" });
  });

  it("may throw before it is run, lack a main, or import what a page does not have", () => {
    expect(problemIn("throw new Error('at once');")).toBe("Error: at once");
    expect(problemIn("const = 1;")).toMatch(/^SyntaxError: /);
    expect(problemIn("function* main() {}")).toBe(
      "Error: The program has no main. Export it: export default function* main() { … }",
    );
    expect(problemIn('import { connect } from "node:net";')).toBe(
      'Error: There is no "node:net" in a page. There are: escapement, escapement/inspect, escapement/net.',
    );
    expect(problemIn('import { slep } from "escapement";')).toBe(
      'Error: "escapement" has no export slep; in a page, at least.',
    );
  });
});
