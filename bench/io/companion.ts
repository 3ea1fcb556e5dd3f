// A process beside one's own, that does what it is asked: a line of JSON each way.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { type Interface, createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

type Reply<R> = { readonly value: R } | { readonly error: string };

/** The process, as it is seen by who asks. It ends with him. */
export class Companion<Demand, R> {
  readonly #name: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #replies: Interface;
  readonly #ended: Promise<void>;
  #tell: (reply: Reply<R>) => void = () => {};
  #isOver = false;

  /** @param file - A program that calls `answerDemands`. */
  constructor(file: string, args: readonly string[] = []) {
    this.#name = file.slice(file.lastIndexOf("/") + 1);
    this.#process = spawn(process.execPath, ["--expose-gc", file, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdin.on("error", () => {});
    this.#replies = createInterface({ input: this.#process.stdout });
    this.#replies.on("line", (line) => this.#tell(JSON.parse(line) as Reply<R>));
    this.#ended = new Promise((resolve) => {
      this.#process.on("close", () => {
        this.#isOver = true;
        this.#tell({ error: "its process has ended" });
        resolve();
      });
    });
  }

  /** One demand at a time. @throws {Error} With what went wrong there. */
  async ask(demand: Demand): Promise<R> {
    const reply = await new Promise<Reply<R>>((resolve) => {
      this.#tell = resolve;
      if (this.#isOver) resolve({ error: "its process has ended" });
      else this.#process.stdin.write(`${JSON.stringify(demand)}\n`);
    });
    if ("error" in reply) throw new Error(`${this.#name}: ${reply.error}`);
    return reply.value;
  }

  /** Ends it without a warning, and waits until it has. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }
}

/** The other side: meets demand after demand, and ends the process with whoever asks. */
export async function answerDemands(meet: (demand: any) => Promise<unknown>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await meet(JSON.parse(line)).then(
      (value): Reply<unknown> => ({ value }),
      (error: unknown): Reply<unknown> => ({ error: String(error) }),
    );
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  process.exit();
}
