import { getRunningLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { AsyncFile } from "./async-file.ts";
import { ask, fileSystemFor } from "./file-call.ts";
import { type ByteMode, type TextMode, parseMode } from "./file-mode.ts";
import type { OpenedFile } from "./file-system.ts";

/** What `open` is: the mode says whether the file is text or bytes. */
export interface Open {
  (path: string, mode?: TextMode): Coroutine<AsyncFile<string>>;
  (path: string, mode: ByteMode): Coroutine<AsyncFile<Uint8Array>>;
  (path: string, mode?: string): Coroutine<AsyncFile>;
}

/**
 * Opens a file, for `using(yield* open(path), …)`, which closes it.
 *
 * @param mode - As in Python: `r` reads, `w` writes a file anew, `a` appends, `x` writes one that must not exist yet; `+`
 * reads and writes; `b` is bytes, else it is text in UTF-8, whose line ends are left as they are. Default `"r"`.
 * @throws {FileNotFoundError} When there is none.
 * @throws {IsADirectoryError} When it is a directory.
 * @throws {OSError} When it fails otherwise; all of these name the path, and have the host's error as their cause.
 * @throws {ValueError} When the mode is none.
 * @example
 * try {
 *   yield* open("/no/such/file");
 * } catch (error) {
 *   print((error as Error).message); //=> "open: /no/such/file: no such file or directory (ENOENT)."
 * }
 * @see Python's built-in `open`
 */
export const open: Open = coroutine(function* open(path: string, mode: string = "r"): Coroutine<AsyncFile<any>> {
  const parsed = parseMode("open", mode);
  const system = fileSystemFor("open");
  const opened = yield* ask<OpenedFile>(
    "open",
    path,
    (_, done) => system.open(path, parsed.flags, done),
    (_, { descriptor }) => system.close(descriptor, () => {}),
  );
  return new AsyncFile({ loop: getRunningLoop(), system, path, mode: parsed, opened });
});
