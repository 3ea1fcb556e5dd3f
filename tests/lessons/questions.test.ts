import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Coroutine } from "escapement";
import { type Trace, alternativesAt, record } from "escapement/inspect";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  type Asked,
  LESSONS,
  type Lesson,
  choiceFor,
  lessonNamed,
  questionsOf,
  recordLesson,
  rerunLesson,
} from "../../src/lessons/index.ts";

const folder = fileURLToPath(new URL("../../examples/lessons", import.meta.url));
const programOf = async ({ name }: Lesson) =>
  ((await import(/* @vite-ignore */ join(folder, `${name}.ts`))) as { default(): Coroutine<unknown> }).default;

const traces = new Map<Lesson, Trace>();
beforeAll(async () => {
  for (const lesson of LESSONS) traces.set(lesson, recordLesson(await programOf(lesson)));
});

afterEach(() => {
  vi.restoreAllMocks();
});

const asked = (name: string): Asked[] => {
  const lesson = lessonNamed(name)!;
  return questionsOf(lesson, traces.get(lesson)!);
};
const rightOf = ({ choices }: Asked): string[] => choices.filter(({ right }) => right).map(({ label }) => label);
const wrongOf = ({ choices }: Asked): string[] => choices.filter(({ right }) => !right).map(({ because }) => because);

describe("the questions of every lesson", () => {
  it.each(LESSONS.map((lesson) => [lesson.name, lesson] as const))(
    "%s: have one right answer each, others that are wrong, and a reason for every one",
    (_, lesson) => {
      const questions = questionsOf(lesson, traces.get(lesson)!);
      expect(questions.length).toBeGreaterThanOrEqual(2);
      for (const question of questions) {
        expect(rightOf(question)).toHaveLength(1);
        expect(wrongOf(question).length).toBeGreaterThan(0);
        expect(question.choices.filter(({ because }) => because.length < 10)).toEqual([]);
        expect(new Set(question.choices.map(({ label }) => label)).size).toBe(question.choices.length);
      }
      const moments = questions.map(({ index }) => index);
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    },
  );

  it("are asked before the run gives them away", () => {
    for (const lesson of LESSONS) {
      const trace = traces.get(lesson)!;
      for (const question of questionsOf(lesson, trace)) {
        if (question.question !== "What is printed next?") continue;
        const next = trace.events.slice(question.index).find(({ kind }) => kind === "mark")?.["text"] ?? "nothing";
        expect(rightOf(question)).toEqual([next]);
      }
    }
  });
});

describe("questionsOf", () => {
  it("takes its answers from the run, whatever that was", async () => {
    const lesson = lessonNamed("ready-queue")!;
    const lastFirst = { pick: (ready: { readonly size: number }) => ready.size - 1 };
    vi.spyOn(console, "log").mockImplementation(() => {});
    const other = record(await programOf(lesson), { scheduler: lastFirst, lines: false }).trace;
    const waiting = { ...lesson, stops: [lesson.stops[1]!] };
    expect(rightOf(questionsOf(waiting, traces.get(lesson)!)[0]!)).toEqual(["a"]);
    expect(rightOf(questionsOf(waiting, other)[0]!)).toEqual(["b"]);
  });

  it("says why a task is not the one", () => {
    expect(wrongOf(asked("ready-queue")[1]!)).toEqual([
      'Task-1 waits for Task "a", and so is not in the ready queue.',
      "b is in the ready queue, but in place 2: a came first, and first in is first out.",
      "a is in the ready queue, and the loop waits only when that is empty.",
      "a is in the ready queue, and the loop waits only when that is empty.",
    ]);
  });

  it("tells waiting for the clock from waiting for ever", () => {
    expect(asked("deadlock").slice(0, 2).map(rightOf)).toEqual([["nobody: the clock goes on"], ["nobody, ever again"]]);
    expect(wrongOf(asked("deadlock")[1]!)).toContain("No timer is set: there is no moment for the clock to go on to.");
    expect(rightOf(asked("deadlock")[2]!)).toEqual(["nothing"]);
  });

  it("asks for times and for ends", () => {
    expect(rightOf(asked("sleep")[2]!)).toEqual(["300 ms"]);
    expect(asked("gather-or-group").map(rightOf)).toEqual([
      ["the first restaurant closes"],
      ["it returns"],
      ["it is cancelled"],
    ]);
  });

  it("refuses a run that has no such moment", () => {
    const empty = { ...traces.get(lessonNamed("sleep")!)!, events: [] };
    expect(() => questionsOf(lessonNamed("lock")!, empty)).toThrow("The run of 09-lock has no moment");
  });
});

describe("choiceFor", () => {
  const label = (answer: string) => choiceFor(asked("ready-queue")[1]!, answer)?.label ?? null;

  it("takes a number, the words, or the beginning of them", () => {
    expect([label("2"), label(" A "), label("nobody, ever"), label("task")]).toEqual([
      "a",
      "a",
      "nobody, ever again",
      "Task-1",
    ]);
  });

  it("takes nothing that makes no sense, or that could mean two things", () => {
    expect(["", "  ", "0", "6", "-1", "1.5", "zzz", "nobody"].map(label)).toEqual(Array(8).fill(null));
  });
});

describe("lessonNamed", () => {
  it("knows a lesson by its number, its name, or a part of its name or title", () => {
    expect(["9", "09-lock", "lock", "Fairness", "starv"].map((text) => lessonNamed(text)?.name)).toEqual([
      "09-lock",
      "09-lock",
      "09-lock",
      "09-lock",
      "14-starvation",
    ]);
  });

  it("knows none by what is no name, or the name of two", () => {
    expect(["", "0", "99", "nope", "gath"].map(lessonNamed)).toEqual([null, null, null, null, null]);
    expect(lessonNamed("group")?.name).toBe("11-group");
  });
});

describe("rerunLesson", () => {
  it("runs a lesson's program with one thing decided otherwise, and keeps what it prints", async () => {
    const lesson = lessonNamed("ready-queue")!;
    const trace = traces.get(lesson)!;
    const { index } = questionsOf(lesson, trace)[1]!;
    const [bFirst] = alternativesAt(trace, index);
    expect(bFirst?.label).toBe("b runs next");
    const { events } = rerunLesson(await programOf(lesson), trace, index, bFirst!.decision);
    const printed = events.flatMap(({ kind, text }) => (kind === "mark" ? [text] : []));
    expect(printed).toEqual(["both are made", "b 1", "a 1", "b 2", "a 2"]);
  });
});

describe("recordLesson", () => {
  it("keeps what is printed from the console, and gives the console back when the program fails", () => {
    const { log } = console;
    const { events } = recordLesson(function* () {
      console.log("one", 2);
      throw new Error("broken");
    });
    expect(events.find(({ kind }) => kind === "mark")).toMatchObject({ text: "one 2" });
    expect(events.at(-1)).toMatchObject({ kind: "ended", outcome: "raised" });
    expect(console.log).toBe(log);
  });
});
