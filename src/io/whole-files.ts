import { ValueError } from "../loop/errors.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { toBytes } from "./bytes.ts";
import { ask } from "./file-call.ts";
import { decodeUtf8 } from "./utf8.ts";

/** What `readFile` is. */
export interface ReadFile {
  (path: string, encoding: "utf8"): Coroutine<string>;
  (path: string): Coroutine<Uint8Array>;
}

/**
 * All of a file: as text when it is told `"utf8"`, else as bytes. Any number may be asked for at a time.
 *
 * @throws {OSError} FileNotFoundError, IsADirectoryError, PermissionError …: they name the path.
 * @throws {UnicodeDecodeError} When it should be text, and is no UTF-8.
 * @example
 * yield* using(temporaryDirectory(), function* (folder) {
 *   yield* writeFile(`${folder}/a.txt`, "tick");
 *   print(yield* readFile(`${folder}/a.txt`, "utf8")); //=> "tick"
 *   print((yield* readFile(`${folder}/a.txt`)).length); //=> 4
 * });
 */
export const readFile: ReadFile = coroutine(function* readFile(path: string, encoding?: "utf8"): Coroutine<any> {
  if (encoding !== undefined && encoding !== "utf8") {
    throw new ValueError(`readFile: the encoding is "utf8", or none for bytes; not ${String(encoding)}.`);
  }
  const bytes = yield* ask<Uint8Array>("readFile", path, (system, done) => system.readFile(path, done));
  return encoding === undefined ? bytes : decodeUtf8("readFile", path, bytes);
});

/**
 * Writes a file anew. Cancelled, it may have written all, a part, or nothing.
 *
 * @param data - A string is written as UTF-8.
 * @throws {OSError} FileNotFoundError when there is no such directory, IsADirectoryError, PermissionError …
 */
export function writeFile(path: string, data: string | Uint8Array): Coroutine<void> {
  return write("writeFile", path, data, "w");
}

/** As writeFile, behind what is in the file already. */
export function appendFile(path: string, data: string | Uint8Array): Coroutine<void> {
  return write("appendFile", path, data, "a");
}

const write = coroutine(function* write(
  who: string,
  path: string,
  data: string | Uint8Array,
  flags: "w" | "a",
): Coroutine<void> {
  const bytes = toBytes(who, data);
  yield* ask<void>(who, path, (system, done) => system.writeFile(path, bytes, flags, done));
});
