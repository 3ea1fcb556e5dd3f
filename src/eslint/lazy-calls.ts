// What a call of gives a coroutine, or another awaitable that does nothing until it is waited for. A Future and a Task are
// none: they go on by themselves. For files that are linted without types; a test compares the table with the types.

/** @internal By module, then by name. */
export const FUNCTIONS = {
  escapement: ["sleep", "wait", "waitFor", "using", "toThread"],
  "escapement/files": [
    "open",
    "readFile",
    "writeFile",
    "appendFile",
    "copyFile",
    "stat",
    "lstat",
    "exists",
    "isFile",
    "isDir",
    "listdir",
    "scandir",
    "mkdir",
    "mkdtemp",
    "remove",
    "rmdir",
    "rmtree",
    "rename",
    "symlink",
    "readlink",
    "realpath",
    "chmod",
    "utime",
    "syncDirectory",
  ],
  "escapement/http": ["serve"],
  "escapement/mysql": ["connect", "createPool"],
  "escapement/net": ["openConnection", "openUnixConnection", "startServer", "startUnixServer"],
  "escapement/postgres": ["connect", "createPool"],
  "escapement/process": ["createSubprocessExec", "createSubprocessShell", "waitSignal"],
  "escapement/websocket": ["connect", "serve"],
  "escapement/sim": ["until"],
} as const;

/** @internal Of `escapement` itself: what programs make with `new`, and its methods. */
export const METHODS = {
  Lock: ["acquire", "enter", "exit"],
  Event: ["wait"],
  Condition: ["acquire", "wait", "waitFor", "enter", "exit"],
  Semaphore: ["acquire", "enter", "exit"],
  BoundedSemaphore: ["acquire", "enter", "exit"],
  Barrier: ["wait", "reset", "abort", "enter", "exit"],
  Queue: ["put", "get", "join"],
  LifoQueue: ["put", "get", "join"],
  PriorityQueue: ["put", "get", "join"],
} as const;
