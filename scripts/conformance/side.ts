import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import type { CountedRun, Program } from "../../tests/cpython/interpreter/language.ts";

/** What one side says of one program. */
export type Answer =
  | { readonly kind: "run"; readonly run: CountedRun }
  | { readonly kind: "skip"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string };

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** escapement's side, of this tree or of another. */
export function subjectOf(tree: string): Command {
  return {
    file: process.execPath,
    args: ["--import", import.meta.resolve("tsx"), `${tree}/scripts/conformance/subject.ts`],
  };
}

interface Request {
  readonly program: Program;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

interface Reply {
  readonly id?: number;
  readonly trace?: CountedRun["trace"];
  readonly out?: CountedRun["out"];
  /** The oracle does not count. */
  readonly used?: CountedRun["used"];
  readonly skip?: string;
  readonly failed?: string;
}

/**
 * A long-lived process that runs programs: one a line on its stdin, one answer a line on its stdout, in order; and before
 * them all a line that says that it is there.
 *
 * One that dies, or says nothing for too long, has failed on the oldest program that it was asked; it is started anew, and
 * asked the rest again.
 */
export class Side {
  readonly name: string;
  readonly #command: Command;
  readonly #patience: number;
  readonly #waiting = new Map<number, Request>();
  #process: ChildProcessWithoutNullStreams | null = null;
  #requests = 0;
  #alarm: NodeJS.Timeout | null = null;
  #stderr = "";
  #isReady = false;

  /** @param patience - Milliseconds without an answer after which the process is given up. */
  constructor(name: string, command: Command, patience = 30_000) {
    this.name = name;
    this.#command = command;
    this.#patience = patience;
  }

  /** Rejects when the process does not even start. */
  ask(program: Program): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = this.#requests++;
      this.#waiting.set(id, { program, resolve, reject });
      this.#process ??= this.#start();
      this.#send(id, program);
      if (this.#alarm === null) this.#wind();
    });
  }

  close(): void {
    this.#silence();
    this.#process?.stdin.end();
    this.#process?.kill();
    this.#process = null;
  }

  #send(id: number, program: Program): void {
    this.#process!.stdin.write(`${JSON.stringify({ id, program })}\n`);
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = spawn(this.#command.file, this.#command.args, { stdio: "pipe" });
    this.#stderr = "";
    this.#isReady = false;
    child.stderr.on("data", (text: Buffer) => (this.#stderr = (this.#stderr + text.toString()).slice(-2000)));
    child.stdin.on("error", () => {});
    child.on("error", (error) => this.#lost(child, error.message));
    child.on("exit", (code, signal) => this.#lost(child, `it ended (${signal ?? `exit code ${code}`})`));
    createInterface({ input: child.stdout }).on("line", (line) => this.#hear(child, line));
    return child;
  }

  #hear(child: ChildProcessWithoutNullStreams, line: string): void {
    if (child !== this.#process || !line.startsWith("{")) return;
    this.#isReady = true;
    const reply = JSON.parse(line) as Reply;
    const request = reply.id === undefined ? undefined : this.#waiting.get(reply.id);
    if (request === undefined) return;
    this.#waiting.delete(reply.id!);
    this.#wind();
    request.resolve(answerOf(reply));
  }

  /** The process is gone, or given up: the oldest program is what it failed on. */
  #lost(child: ChildProcessWithoutNullStreams, why: string): void {
    if (child !== this.#process) return;
    this.#process = null;
    this.#silence();
    const [oldest, ...rest] = this.#waiting;
    if (oldest === undefined) return;
    if (!this.#isReady) {
      this.#waiting.clear();
      for (const { reject } of [oldest[1], ...rest.map(([, request]) => request)]) reject(this.#brokenBecause(why));
      return;
    }
    this.#waiting.delete(oldest[0]);
    oldest[1].resolve({ kind: "failed", why: [why, this.#stderr.trim()].filter((part) => part !== "").join("\n") });
    if (rest.length === 0) return;
    this.#process = this.#start();
    for (const [id, request] of rest) this.#send(id, request.program);
    this.#wind();
  }

  #brokenBecause(why: string): Error {
    return new Error(`${this.name} does not start (${this.#command.file}): ${why}\n${this.#stderr.trim()}`);
  }

  #wind(): void {
    this.#silence();
    if (this.#waiting.size > 0) this.#alarm = setTimeout(() => this.#giveUp(), this.#patience);
  }

  #silence(): void {
    if (this.#alarm !== null) clearTimeout(this.#alarm);
    this.#alarm = null;
  }

  #giveUp(): void {
    const child = this.#process;
    if (child === null) return;
    this.#lost(child, `it hung (no answer in ${this.#patience / 1000} s)`);
    child.kill("SIGKILL");
  }
}

function answerOf(reply: Reply): Answer {
  if (reply.skip !== undefined) return { kind: "skip", why: reply.skip };
  const { trace, out, used = {} } = reply;
  if (trace === undefined || out === undefined) return { kind: "failed", why: reply.failed ?? "no trace" };
  return { kind: "run", run: { trace, out, used } };
}
