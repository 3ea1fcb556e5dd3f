// A lock that lets readers in while a writer waits: readers that take turns may keep it out for as long as they like.
// Fixed: those who come while a writer waits, wait behind it.
import { type Coroutine, createTask } from "escapement";
import { state, until } from "escapement/sim";
import { must, together } from "./together.ts";

const VISITS = 3;
const PATIENCE = 4;

interface Shelf {
  readers: number;
  writerWaits: boolean;
  passedBy: number;
}

function* reader(shelf: Shelf, fair: boolean): Coroutine<void> {
  for (let visit = 0; visit < VISITS; visit += 1) {
    if (fair) yield* until(() => !shelf.writerWaits);
    shelf.readers += 1;
    if (shelf.writerWaits) shelf.passedBy += 1;
    yield;
    shelf.readers -= 1;
    yield;
  }
}

function* writer(shelf: Shelf): Coroutine<void> {
  yield;
  shelf.writerWaits = true;
  yield* until(() => shelf.readers === 0);
  shelf.writerWaits = false;
}

function* scenario(fair: boolean): Coroutine<void> {
  const shelf = state({ readers: 0, writerWaits: false, passedBy: 0 }, "shelf");
  const readers = ["a", "b"].map((name) => createTask(reader(shelf, fair), { name }));
  yield* together(...readers, createTask(writer(shelf), { name: "writer" }));
  must(shelf.passedBy <= PATIENCE, `${shelf.passedBy} readers passed the writer by`);
}

export default function* writerStarvation(): Coroutine<void> {
  yield* scenario(false);
}

export function* fixed(): Coroutine<void> {
  yield* scenario(true);
}
