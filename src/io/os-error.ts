/**
 * The operating system refused: `target` says what was meant, `code` what the host calls it, `cause` is the host's own
 * error.
 *
 * @see Python's built-in `OSError`
 */
export class OSError extends Error {
  static {
    this.prototype.name = "OSError";
  }

  /** A path, a program, or address and port, as in `127.0.0.1:80`. */
  readonly target: string;
  /** As in `ENOENT`; undefined where the host gave none. */
  readonly code: string | undefined;

  constructor(
    message: string,
    { target, code, cause }: { target: string; code?: string | undefined; cause?: unknown },
  ) {
    super(message, { cause });
    this.target = target;
    this.code = code;
  }
}
