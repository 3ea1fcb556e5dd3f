import type { EventKind } from "../inspect/index.ts";

/** A place to read: a file, and the function, method or class in it. */
export interface Reading {
  /** Of this project from its root; of CPython from its folder `Lib`. */
  readonly file: string;
  /** `sleep`, or with its class: `Lock.acquire`. */
  readonly name: string;
}

/** A moment of a run: just after the first event, or the `nth`, that is so. */
export interface LessonMoment {
  readonly kind: EventKind;
  /** The name of the task that it is about. */
  readonly task?: string;
  /** What it prints. */
  readonly prints?: string;
  /** From 1, the default. */
  readonly nth?: number;
}

/** An answer that is not right, and why not. */
export interface Other {
  readonly label: string;
  readonly because: string;
}

/** What is asked. What is right is never written here: it is read off the recorded run. */
export type Question =
  | { readonly ask: "who runs next" }
  | { readonly ask: "what is printed next"; readonly others?: readonly Other[] }
  | { readonly ask: "when is the next line printed"; readonly others: readonly Other[] }
  | { readonly ask: "how does it end"; readonly task: string };

/** A place where the run is held, and a question asked. */
export interface Stop {
  readonly after: LessonMoment;
  /** What has just happened, in a sentence. */
  readonly scene: string;
  readonly question: Question;
  /** What is to be understood, said after the answer. */
  readonly because: string;
}

/** One lesson: plain data. Its program lies in `examples/lessons/`. */
export interface Lesson {
  /** The name of its program: `09-lock`. */
  readonly name: string;
  readonly title: string;
  readonly opening: string;
  readonly stops: readonly Stop[];
  readonly closing: string;
  /** What CPython does, and where to read it. */
  readonly cpython: { readonly says: string; readonly read: readonly Reading[] };
  /** Where to read it here. */
  readonly here: readonly Reading[];
}
