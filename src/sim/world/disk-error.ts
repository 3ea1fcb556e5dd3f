const MEANINGS = {
  EACCES: "permission denied",
  EBADF: "bad file descriptor",
  EBUSY: "resource busy or locked",
  EEXIST: "file already exists",
  EINVAL: "invalid argument",
  EIO: "i/o error",
  EISDIR: "illegal operation on a directory",
  ELOOP: "too many symbolic links encountered",
  ENAMETOOLONG: "name too long",
  ENOENT: "no such file or directory",
  ENOSPC: "no space left on device",
  ENOTDIR: "not a directory",
  ENOTEMPTY: "directory not empty",
} as const;

/** @internal */
export type DiskErrorCode = keyof typeof MEANINGS;

/**
 * What a simulated disk refuses with: code, call and path as Node's own errors have them, so that escapement/files makes the
 * same of both.
 *
 * @internal
 */
export class DiskError extends Error {
  readonly code: DiskErrorCode;
  readonly syscall: string;
  readonly path: string | undefined;

  constructor(code: DiskErrorCode, syscall: string, path?: string) {
    super(`${code}: ${MEANINGS[code]}, ${syscall}${path === undefined ? "" : ` '${path}'`}`);
    this.code = code;
    this.syscall = syscall;
    this.path = path;
  }
}
