import { hostModule } from "./host.ts";

// `import { randomUUID } from "node:crypto"` holds what the module exported when Node was last told to look: which it does for
// all modules at once, and takes as long as a dozen runs. So it is told when the first of several simulations begins, and
// again when the program that simulates has let go of the thread.
const microtask = queueMicrotask;

let replaced = false;
let restoring = false;

/** What is imported by name from Node's own modules is what they export now. @internal */
export function replaceImports(): void {
  if (!replaced) synchronize();
  replaced = true;
}

/** The same, soon. @internal */
export function restoreImports(): void {
  if (restoring) return;
  restoring = true;
  microtask(() => {
    restoring = false;
    if (replaced) synchronize();
    replaced = false;
  });
}

function synchronize(): void {
  (hostModule("module") as { syncBuiltinESMExports?: () => void } | undefined)?.syncBuiltinESMExports?.();
}
