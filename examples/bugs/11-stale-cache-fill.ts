// A reader that misses the cache reads the database and fills the cache with what it has read. Meanwhile a writer changes
// the database and empties the cache: what is filled in is old.
// Fixed: it is filled in only if the database has not changed meanwhile.
import { type Coroutine, createTask } from "escapement";
import { state } from "escapement/sim";
import { must, together } from "./together.ts";

interface Store {
  database: number;
  cache: number | null;
}

function* reader(store: Store, compares: boolean): Coroutine<void> {
  yield;
  if (store.cache !== null) return;
  const value = store.database;
  yield;
  if (!compares || store.database === value) store.cache = value;
}

function* writer(store: Store): Coroutine<void> {
  yield;
  store.database = 2;
  yield;
  store.cache = null;
}

function* scenario(compares: boolean): Coroutine<void> {
  const store: Store = state({ database: 1, cache: null }, "store");
  const readers = ["a", "b"].map((name) => createTask(reader(store, compares), { name }));
  yield* together(...readers, createTask(writer(store), { name: "writer" }));
  must(store.cache === null || store.cache === store.database, `the cache has ${store.cache}, the database 2`);
}

export default function* staleCacheFill(): Coroutine<void> {
  yield* scenario(false);
}

export function* fixed(): Coroutine<void> {
  yield* scenario(true);
}
