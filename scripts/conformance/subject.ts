import { createInterface } from "node:readline";
import { runProgram } from "../../tests/cpython/interpreter/drivers.ts";
import { parseProgram } from "../../tests/cpython/interpreter/parse.ts";

// escapement's side of the comparison: as oracle.py, one program a line in, one answer a line out. A process of its own, so that
// a loop that hangs does not take the fuzzer with it.

// A DeadlockError tells where each task waits, for which it asks V8's inspector: some milliseconds for each of the many programs
// that deadlock. Traces do not show it, so here the inspector is not to be had.
Object.defineProperty(process, "getBuiltinModule", { value: undefined });

process.stdout.write('{"ready":true}\n');

for await (const line of createInterface({ input: process.stdin })) {
  const { id, program } = JSON.parse(line) as { id: number; program: unknown };
  process.stdout.write(`${JSON.stringify({ id, ...answer(program) })}\n`);
}

function answer(program: unknown): object {
  try {
    return runProgram(parseProgram(program, "stdin"));
  } catch (error) {
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
