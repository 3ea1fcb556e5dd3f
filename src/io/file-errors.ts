import { ValueError } from "../loop/errors.ts";
import { OSError } from "./os-error.ts";

/** There is no such file or directory, or no such program. */
export class FileNotFoundError extends OSError {
  static {
    this.prototype.name = "FileNotFoundError";
  }
}

/** There is something of that name already. */
export class FileExistsError extends OSError {
  static {
    this.prototype.name = "FileExistsError";
  }
}

/** A directory, where a file is wanted. */
export class IsADirectoryError extends OSError {
  static {
    this.prototype.name = "IsADirectoryError";
  }
}

/** Something else, where a directory is wanted. */
export class NotADirectoryError extends OSError {
  static {
    this.prototype.name = "NotADirectoryError";
  }
}

/** The rights for it are missing. */
export class PermissionError extends OSError {
  static {
    this.prototype.name = "PermissionError";
  }
}

/** There is no such process, or not any more. */
export class ProcessLookupError extends OSError {
  static {
    this.prototype.name = "ProcessLookupError";
  }
}

/**
 * The bytes of a file are no UTF-8. Open it with `"rb"` to read them.
 *
 * @see Python's built-in `UnicodeDecodeError`
 */
export class UnicodeDecodeError extends ValueError {
  static {
    this.prototype.name = "UnicodeDecodeError";
  }

  /** The path of the file. */
  readonly target: string;

  constructor(message: string, { target, cause }: { target: string; cause?: unknown }) {
    super(message, { cause });
    this.target = target;
  }
}

type ErrorClass = new (...args: ConstructorParameters<typeof OSError>) => OSError;

const KINDS: Readonly<Record<string, readonly [type: ErrorClass, what: string]>> = {
  ENOENT: [FileNotFoundError, "no such file or directory"],
  EEXIST: [FileExistsError, "it exists already"],
  EISDIR: [IsADirectoryError, "it is a directory"],
  ENOTDIR: [NotADirectoryError, "it is not a directory"],
  EACCES: [PermissionError, "permission denied"],
  EPERM: [PermissionError, "the operation is not permitted"],
  ESRCH: [ProcessLookupError, "no such process"],
  EIO: [OSError, "the device failed"],
  ENOSPC: [OSError, "no space is left on the device"],
  EDQUOT: [OSError, "the quota is used up"],
  EMFILE: [OSError, "too many files are open in this process"],
  ENFILE: [OSError, "too many files are open on this machine"],
  ENOTEMPTY: [OSError, "the directory is not empty"],
  EROFS: [OSError, "the file system is read-only"],
  ELOOP: [OSError, "too many symbolic links"],
  ENAMETOOLONG: [OSError, "the name is too long"],
  EXDEV: [OSError, "it cannot be moved to another device"],
  EFBIG: [OSError, "the file is too large"],
  E2BIG: [OSError, "the arguments are too long"],
  ENOEXEC: [OSError, "it cannot be run"],
};

/**
 * A host's error as one of ours.
 *
 * @param who - What failed: `open`.
 * @param target - The path, or the program.
 * @internal
 */
export function fileError(who: string, target: string, cause: unknown): OSError {
  const { code, message } = cause as { code?: string; message?: string };
  const [Kind, what] = KINDS[code ?? ""] ?? [OSError, message ?? String(cause)];
  const tag = code === undefined ? "" : ` (${code})`;
  return new Kind(`${who}: ${target}: ${what}${tag}.`, { target, code, cause });
}
