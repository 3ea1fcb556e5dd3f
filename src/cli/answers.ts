import { createInterface } from "node:readline";

/** Lines that somebody types, or that come through a pipe, one for each question. */
export class Answers {
  readonly #lines: string[] = [];
  #reader: ReturnType<typeof createInterface> | null = null;
  #ended = false;
  #waiting: ((line: string | null) => void) | null = null;

  /** Asks, and returns the answer; null when there will be none. */
  next(prompt: string): Promise<string | null> {
    this.#open();
    process.stdout.write(prompt);
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  /** Somebody else wants the keyboard, or nothing more is asked. The next question opens it again. */
  close(): void {
    const reader = this.#reader;
    this.#reader = null;
    reader?.close();
  }

  #open(): void {
    if (this.#reader !== null || this.#ended) return;
    const { stdin, stdout } = process;
    const reader = createInterface({ input: stdin, ...(stdin.isTTY ? { output: stdout, prompt: "" } : {}) });
    this.#reader = reader;
    reader.on("line", (line) => this.#give(line));
    reader.on("SIGINT", () => reader.close());
    reader.on("close", () => {
      if (this.#reader !== reader) return;
      this.#ended = true;
      this.#answer(null);
    });
  }

  #give(line: string): void {
    if (this.#waiting === null) this.#lines.push(line);
    else this.#answer(line);
  }

  #answer(line: string | null): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.(line);
  }
}
