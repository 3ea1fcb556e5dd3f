import { readFileSync } from "node:fs";
import type { Program } from "../../tests/cpython/interpreter/language.ts";
import { linesOf, parseJson, parseProgram } from "../../tests/cpython/interpreter/parse.ts";
import { generateProgram } from "./generate.ts";

/** The programs of a comparison, by number. */
export interface Programs {
  /** Of all of them. */
  readonly title: string;
  readonly count: number;
  at(index: number): Program;
  /** What to say on the command line to have this one again. */
  nameOf(index: number): string;
}

/** Random programs: `seed:from`, `seed:from+1`, ... */
export function drawnPrograms(seed: string, from: number, count: number): Programs {
  return {
    title: `seed ${seed}, programs ${from} to ${from + count - 1}`,
    count,
    at: (index) => generateProgram(`${seed}:${from + index}`),
    nameOf: (index) => `--seed ${seed} --from ${from + index} --programs 1`,
  };
}

/**
 * Programs from files: a program or a vector in each; or one in each line, if it ends in .jsonl.
 *
 * @throws {ProgramSyntaxError} Names file, path and field of what does not parse.
 */
export function storedPrograms(files: readonly string[]): Programs {
  const stored = files.flatMap(readPrograms);
  return {
    title: files.join(" "),
    count: stored.length,
    at: (index) => stored[index]!.program,
    nameOf: (index) => stored[index]!.name,
  };
}

interface Stored {
  readonly name: string;
  readonly program: Program;
}

function readPrograms(file: string): Stored[] {
  const text = readFileSync(file, "utf8");
  if (!file.endsWith(".jsonl")) return [readProgram(text, file)];
  return linesOf(text, file).map(([line, name]) => readProgram(line, name));
}

function readProgram(text: string, name: string): Stored {
  const value = parseJson(text, name);
  const program = typeof value === "object" && value !== null && "program" in value ? value.program : value;
  return { name, program: parseProgram(program, name) };
}
