import type { Lesson } from "../lesson.ts";
import { cancel } from "./cancel.ts";
import { createTask } from "./create-task.ts";
import { deadlock } from "./deadlock.ts";
import { gather } from "./gather.ts";
import { gatherOrGroup } from "./gather-or-group.ts";
import { group } from "./group.ts";
import { hello } from "./hello.ts";
import { lock } from "./lock.ts";
import { queue } from "./queue.ts";
import { readyQueue } from "./ready-queue.ts";
import { sleep } from "./sleep.ts";
import { starvation } from "./starvation.ts";
import { streams } from "./streams.ts";
import { timeout } from "./timeout.ts";
import { tooLate } from "./too-late.ts";

/** All of them, each a step further than the one before. */
export const LESSONS: readonly Lesson[] = [
  hello,
  readyQueue,
  sleep,
  gather,
  createTask,
  cancel,
  timeout,
  tooLate,
  lock,
  queue,
  group,
  gatherOrGroup,
  deadlock,
  starvation,
  streams,
];

/** The lesson with that number, from 1, or with that name, whole or in part; null when there is none, or more than one. */
export function lessonNamed(text: string): Lesson | null {
  const said = text.trim().toLowerCase();
  if (/^\d+$/.test(said)) return LESSONS[Number(said) - 1] ?? null;
  const exact = LESSONS.find(({ name }) => name === said || name.slice(3) === said);
  if (exact !== undefined || said === "") return exact ?? null;
  const meant = LESSONS.filter(({ name, title }) => name.includes(said) || title.toLowerCase().includes(said));
  return meant.length === 1 ? meant[0]! : null;
}
