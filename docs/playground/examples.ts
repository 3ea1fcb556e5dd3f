import { LESSONS } from "../../src/lessons/content/lessons.ts";
import type { Lesson } from "../../src/lessons/lesson.ts";

/** A program to begin with. */
export interface Example {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  /** The lesson that it is the program of. */
  readonly lesson: Lesson | null;
}

const TITLES: Readonly<Record<string, string>> = {
  "08-work-queue": "A queue and three workers",
  "02-gather": "Several at once: gather",
  "03-cancel": "A task is cancelled",
  "04-timeout": "Timeouts",
};

// Those that need no more than a page has.
const FILES = import.meta.glob<string>("../../examples/0[2348]-*.ts", {
  query: "?raw",
  import: "default",
  eager: true,
});
const LESSON_FILES = import.meta.glob<string>("../../examples/lessons/*.ts", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Programs to play with. The first is there when the page is opened. */
export const EXAMPLES: readonly Example[] = Object.entries(TITLES).map(([name, title]) => ({
  name,
  title,
  text: FILES[`../../examples/${name}.ts`]!,
  lesson: null,
}));

/** The lessons of `escapement learn`. */
export const LESSON_EXAMPLES: readonly Example[] = LESSONS.map((lesson, i) => ({
  name: lesson.name,
  title: `${i + 1}. ${lesson.title}`,
  text: LESSON_FILES[`../../examples/lessons/${lesson.name}.ts`]!,
  lesson,
}));

/** The example or the lesson of that name; null when there is none. */
export function exampleNamed(name: string): Example | null {
  return [...EXAMPLES, ...LESSON_EXAMPLES].find((example) => example.name === name) ?? null;
}
