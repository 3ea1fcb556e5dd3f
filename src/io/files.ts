// The entry point escapement/files: files and directories.
export { AsyncFile } from "./async-file.ts";
export { type Open, open } from "./open-file.ts";
export type { ByteMode, TextMode } from "./file-mode.ts";
export { type ReadFile, appendFile, readFile, writeFile } from "./whole-files.ts";
export {
  type MkdirOptions,
  chmod,
  copyFile,
  exists,
  isDir,
  isFile,
  listdir,
  lstat,
  mkdir,
  mkdtemp,
  readlink,
  realpath,
  remove,
  rename,
  rmdir,
  rmtree,
  scandir,
  stat,
  symlink,
  syncDirectory,
  utime,
} from "./paths.ts";
export { temporaryDirectory } from "./temporary-directory.ts";
export type { DirectoryEntry, FileStat } from "./file-system.ts";
export { OSError } from "./os-error.ts";
export {
  FileExistsError,
  FileNotFoundError,
  IsADirectoryError,
  NotADirectoryError,
  PermissionError,
  UnicodeDecodeError,
} from "./file-errors.ts";
