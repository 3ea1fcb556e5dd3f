// Covers: temporaryDirectory, using, gather, writeFile, readFile, open, forEachLine, write, listdir, stat, FileNotFoundError.
// Scenario: a hundred log files are written at once and read at once; their lines are counted by level; one that is too
// long to be read as a whole is read line by line, its errors written to a file of their own; and one is missing.
import { type Coroutine, gather, using } from "escapement";
import { FileNotFoundError, listdir, open, readFile, stat, temporaryDirectory, writeFile } from "escapement/files";

/** Files are reached through the host's loop: real time only. */
export const needsHost = true;

const LEVELS = ["info", "warning", "error"];

function log(first: number, lines: number): string {
  const line = (n: number): string => `${LEVELS[n % 7 === 0 ? 2 : n % 3 === 0 ? 1 : 0]}: event ${n}\n`;
  return Array.from({ length: lines }, (_, n) => line(first + n)).join("");
}

function* count(path: string): Coroutine<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const line of (yield* readFile(path, "utf8")).trimEnd().split("\n")) {
    const level = line.split(":")[0]!;
    counts.set(level, (counts.get(level) ?? 0) + 1);
  }
  return counts;
}

function* copyErrors(from: string, to: string): Coroutine<number> {
  let copied = 0;
  yield* using(yield* open(from), function* (input) {
    yield* using(yield* open(to, "w"), function* (output) {
      yield* input.forEachLine(function* (line) {
        if (!line.startsWith("error")) return;
        yield* output.write(line);
        copied += 1;
      });
    });
  });
  return copied;
}

export default function* main(): Coroutine<void> {
  yield* using(temporaryDirectory(), function* (folder) {
    const paths = Array.from({ length: 100 }, (_, n) => `${folder}/${String(n).padStart(2, "0")}.log`);
    yield* gather(paths.map((path, n) => writeFile(path, log(10 * n, 10))));
    console.log(`${(yield* listdir(folder)).length} files are written`);

    const counts = yield* gather(paths.map(count));
    for (const level of LEVELS) {
      console.log(`${level}: ${counts.reduce((sum, of) => sum + (of.get(level) ?? 0), 0)}`);
    }

    yield* writeFile(`${folder}/long.log`, log(0, 1000));
    console.log(`${yield* copyErrors(`${folder}/long.log`, `${folder}/errors.log`)} errors are copied`);
    console.log(`they are ${(yield* stat(`${folder}/errors.log`)).size} bytes`);

    try {
      yield* readFile(`${folder}/missing.log`);
    } catch (error) {
      if (!(error instanceof FileNotFoundError)) throw error;
      console.log(`${error.name}: ${error.target.slice(folder.length)}`);
    }
  });
}
