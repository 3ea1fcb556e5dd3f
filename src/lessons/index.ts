// The lessons, and what asks and answers their questions. None of it touches the host: a terminal and a page show the same.

export { LESSONS, lessonNamed } from "./content/lessons.ts";
export type { Lesson, Reading } from "./lesson.ts";
export { type Asked, choiceFor, questionsOf } from "./questions.ts";
export { recordLesson, rerunLesson } from "./record-lesson.ts";
