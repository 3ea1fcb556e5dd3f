/** Calls `work`, and drops what is written to the process's output meanwhile: a thousand runs would print a thousand times. */
export function quietly<T>(work: () => T): T {
  const { stdout, stderr } = process;
  const [write, writeError] = [stdout.write, stderr.write];
  const drop = (): true => true;
  stdout.write = drop;
  stderr.write = drop;
  try {
    return work();
  } finally {
    stdout.write = write;
    stderr.write = writeError;
  }
}
