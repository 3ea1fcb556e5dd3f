/** The command line was wrong, not the program: told in a sentence, followed by the usage; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
