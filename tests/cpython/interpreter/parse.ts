import { AWAITABLES, CHOICES, HANDLER, INSTANT, OBJECTS, SUSPENDING } from "./language.ts";
import type { FieldKind, Program, Run, Shape } from "./language.ts";

/** A program or trace that is not one, by file, path and field. */
export class ProgramSyntaxError extends Error {
  override readonly name = "ProgramSyntaxError";
  constructor(file: string, path: string, found: unknown, expected: string) {
    super(`${file}: ${path}: expected ${expected}, found ${describe(found)}`);
  }
}

function describe(found: unknown): string {
  const text = found === undefined ? "nothing" : JSON.stringify(found);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A vector of tests/cpython/vectors, or a line of tests/cpython/corpus. */
export interface Vector extends Run {
  readonly name: string;
  readonly about?: string;
  readonly program: Program;
}

/**
 * Reads a vector.
 *
 * @param file - Its name, for errors.
 * @throws {ProgramSyntaxError} Names file, path and field of what does not parse.
 */
export function parseVector(text: string, file: string): Vector {
  const parser = new Parser(file);
  const vector = parser.record(parseJson(text, file), "$");
  parser.text(vector["name"], "name");
  if (vector["about"] !== undefined) parser.text(vector["about"], "about");
  parser.program(vector["program"], "program");
  parser.run(vector);
  return vector as unknown as Vector;
}

/** The lines of a file that has one program, or one vector, in each; and a name for each. */
export function linesOf(text: string, file: string): (readonly [line: string, name: string])[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line, index) => [line, `${file}:${index + 1}`]);
}

/**
 * Checks that a value is a program.
 *
 * @param file - Where it comes from, for errors.
 * @throws {ProgramSyntaxError} Names file, path and field of what does not parse.
 */
export function parseProgram(value: unknown, file: string): Program {
  new Parser(file).program(value, "program");
  return value as Program;
}

/**
 * Reads JSON.
 *
 * @param file - Where it comes from, for errors.
 * @throws {ProgramSyntaxError} Names the file.
 */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProgramSyntaxError(file, "$", text, `JSON (${(error as Error).message})`);
  }
}

type Fields = Readonly<Record<string, unknown>>;

class Parser {
  readonly #file: string;
  #coroutines: Fields = {};
  #callbacks: Fields = {};

  constructor(file: string) {
    this.#file = file;
  }

  #fail(path: string, found: unknown, expected: string): never {
    throw new ProgramSyntaxError(this.#file, path, found, expected);
  }

  program(value: unknown, path: string): void {
    const program = this.record(value, path);
    this.#known(program, ["driver", "mains", "start", "eager", "objs", "cos", "cbs", "blocks", "loop"], path);
    this.#one(program["driver"], CHOICES.driver, `${path}.driver`);
    this.#one(program["blocks"] ?? "plain", ["plain", "wrapped"], `${path}.blocks`);
    this.#one(program["loop"] ?? "plain", CHOICES.loop, `${path}.loop`);
    if (program["start"] !== undefined) this.#number(program["start"], `${path}.start`);
    if (program["eager"] !== undefined) this.#flag(program["eager"], `${path}.eager`);
    this.#coroutines = this.record(program["cos"], `${path}.cos`);
    this.#callbacks = this.record(program["cbs"], `${path}.cbs`);
    this.#mains(program["mains"], `${path}.mains`);
    this.#objects(this.record(program["objs"], `${path}.objs`), `${path}.objs`);
    for (const [name, coroutine] of Object.entries(this.#coroutines)) this.#coroutine(coroutine, `${path}.cos.${name}`);
    for (const [name, body] of Object.entries(this.#callbacks)) this.#block(body, `${path}.cbs.${name}`, INSTANT);
  }

  run(vector: Fields): void {
    for (const [index, event] of this.#array(vector["trace"], "trace").entries()) this.#event(event, `trace[${index}]`);
    this.#array(vector["out"], "out");
  }

  record(value: unknown, path: string): Fields {
    if (typeof value !== "object" || value === null || Array.isArray(value)) this.#fail(path, value, "an object");
    return value as Fields;
  }

  text(value: unknown, path: string): string {
    return typeof value === "string" ? value : this.#fail(path, value, "a string");
  }

  #array(value: unknown, path: string): readonly unknown[] {
    return Array.isArray(value) ? value : this.#fail(path, value, "a list");
  }

  #number(value: unknown, path: string): void {
    if (typeof value !== "number") this.#fail(path, value, "a number");
  }

  #flag(value: unknown, path: string): void {
    if (typeof value !== "boolean") this.#fail(path, value, "true or false");
  }

  #one(value: unknown, choices: readonly unknown[], path: string): void {
    if (!choices.includes(value)) this.#fail(path, value, `one of ${choices.join(" ")}`);
  }

  #known(fields: Fields, names: readonly string[], path: string): void {
    for (const name of Object.keys(fields)) {
      if (!names.includes(name)) this.#fail(`${path}.${name}`, fields[name], `one of the fields ${names.join(" ")}`);
    }
  }

  #event(value: unknown, path: string): void {
    const [iteration, clock, task, what] = this.#array(value, path);
    this.#number(iteration, `${path}[0]`);
    this.#number(clock, `${path}[1]`);
    if (task !== null) this.text(task, `${path}[2]`);
    this.text(what, `${path}[3]`);
  }

  #mains(value: unknown, path: string): void {
    const mains = this.#array(value, path);
    if (mains.length === 0) this.#fail(path, value, "at least one name");
    for (const [index, name] of mains.entries()) this.#one(name, Object.keys(this.#coroutines), `${path}[${index}]`);
  }

  #objects(objects: Fields, path: string): void {
    const before = new Set<string>();
    for (const [name, value] of Object.entries(objects)) {
      const object = this.#node(value, "k", OBJECTS, [], `${path}.${name}`);
      const lock = object["lock"];
      if (lock !== undefined && !before.has(lock as string))
        this.#fail(`${path}.${name}.lock`, lock, "an object made before");
      before.add(name);
    }
  }

  #coroutine(value: unknown, path: string): void {
    const coroutine = this.record(value, path);
    this.#known(coroutine, ["kind", "body"], path);
    this.#one(coroutine["kind"], ["plain", "wrapped"], `${path}.kind`);
    this.#block(coroutine["body"], `${path}.body`, { ...INSTANT, ...SUSPENDING });
  }

  #block(value: unknown, path: string, table: Readonly<Record<string, Shape>>): void {
    for (const [index, statement] of this.#array(value, path).entries()) {
      const at = `${path}[${index}]`;
      this.#number(this.#node(statement, "op", table, ["i"], at)["i"], `${at}.i`);
    }
  }

  /** An object whose field `tag` names its shape in `table`. */
  #node(
    value: unknown,
    tag: string,
    table: Readonly<Record<string, Shape>>,
    others: readonly string[],
    path: string,
  ): Fields {
    const node = this.record(value, path);
    this.#one(node[tag], Object.keys(table), `${path}.${tag}`);
    this.#shape(node, table[node[tag] as string]!, [tag, ...others], path);
    return node;
  }

  #shape(node: Fields, shape: Shape, others: readonly string[], path: string): void {
    this.#known(node, [...others, ...Object.keys(shape)], path);
    for (const [name, kind] of Object.entries(shape)) {
      if (node[name] !== undefined || !kind.endsWith("?")) this.#field(node[name], kind, `${path}.${name}`);
    }
  }

  #field(value: unknown, kind: FieldKind, path: string): void {
    switch (kind.replace("?", "") as Exclude<FieldKind, `${string}?`>) {
      case "text":
        this.text(value, path);
        return;
      case "number":
        this.#number(value, path);
        return;
      case "deadline":
        if (value !== null) this.#number(value, path);
        return;
      case "flag":
        this.#flag(value, path);
        return;
      case "value":
        if (value === undefined || (typeof value === "object" && value !== null)) this.#fail(path, value, "a value");
        return;
      case "coroutine":
        this.#one(value, Object.keys(this.#coroutines), path);
        return;
      case "callback":
        this.#one(value, Object.keys(this.#callbacks), path);
        return;
      case "slots":
        for (const [index, name] of this.#array(value, path).entries()) this.text(name, `${path}[${index}]`);
        return;
      case "awaitable":
        this.#node(value, "k", AWAITABLES, [], path);
        return;
      case "awaitables":
        for (const [index, one] of this.#array(value, path).entries())
          this.#node(one, "k", AWAITABLES, [], `${path}[${index}]`);
        return;
      case "block":
        this.#block(value, path, { ...INSTANT, ...SUSPENDING });
        return;
      case "instant": {
        const { raise: _, ...quiet } = INSTANT;
        this.#block(value, path, quiet);
        return;
      }
      case "handlers":
        for (const [index, handler] of this.#array(value, path).entries())
          this.#shape(this.record(handler, `${path}[${index}]`), HANDLER, [], `${path}[${index}]`);
        return;
      case "observation":
      case "how":
      case "handling":
      case "returnWhen":
      case "fit":
        this.#one(value, CHOICES[kind.replace("?", "") as keyof typeof CHOICES], path);
        return;
    }
  }
}
