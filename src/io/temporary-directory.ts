import { join } from "node:path";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import type { ContextManager } from "../task/using.ts";
import { FileNotFoundError } from "./file-errors.ts";
import { fileSystemFor } from "./file-call.ts";
import { mkdtemp, rmtree } from "./paths.ts";

/**
 * A new directory, which is gone when the body is left, with all that is in it.
 *
 * @param prefix - What its name begins with.
 * @example
 * const folder = yield* using(temporaryDirectory(), function* (path) {
 *   yield* writeFile(`${path}/a.txt`, "tick");
 *   return path;
 * });
 * print(yield* exists(folder)); //=> false
 * @see Python's `tempfile.TemporaryDirectory`
 */
export function temporaryDirectory(prefix: string = "escapement-"): ContextManager<string> {
  return new TemporaryDirectory(prefix);
}

class TemporaryDirectory implements ContextManager<string> {
  readonly #prefix: string;
  #path = "";

  static {
    for (const method of ["enter", "exit"] as const) coroutine(this.prototype[method]);
  }

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  *enter(): Coroutine<string> {
    this.#path = yield* mkdtemp(join(fileSystemFor("temporaryDirectory").temporaryFolder, this.#prefix));
    return this.#path;
  }

  *exit(_error?: unknown): Coroutine<void> {
    try {
      yield* rmtree(this.#path);
    } catch (error) {
      if (!(error instanceof FileNotFoundError)) throw error;
    }
  }
}
