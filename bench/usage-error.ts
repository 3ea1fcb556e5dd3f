/** The command line was wrong: told in a sentence; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
