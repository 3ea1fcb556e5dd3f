import type { BatchProgress } from "./batch.ts";

const EVERY_ON_TERMINAL = 100;
const EVERY_ELSEWHERE = 10_000;

/** Where progress is told: one line that is written over on a terminal, a line now and then elsewhere. */
interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Tells how an exploration goes: schedules, rate, failures, distinct outcomes. */
export class ProgressLine {
  readonly #write: (text: string) => unknown;
  readonly #onTerminal: boolean;
  readonly #started: number = performance.now();
  #told: number = this.#started;

  /** @param output - Where it is told, even while it is made to drop what others write. */
  constructor(output: Output) {
    this.#write = output.write.bind(output);
    this.#onTerminal = output.isTTY === true;
  }

  /** Tells it, unless it was told a moment ago. */
  update(progress: () => BatchProgress): void {
    const now = performance.now();
    if (now - this.#told < (this.#onTerminal ? EVERY_ON_TERMINAL : EVERY_ELSEWHERE)) return;
    this.#told = now;
    this.#write(this.#onTerminal ? this.#line(progress()) : `${this.#line(progress())}\n`);
  }

  /** Tells it for the last time. */
  end(progress: BatchProgress): void {
    this.#write(`${this.#line(progress)}\n`);
  }

  #line({ schedules, failures, outcomes }: BatchProgress): string {
    const seconds = (performance.now() - this.#started) / 1000;
    const text = [
      counted(schedules, "schedule"),
      `${grouped(Math.round(schedules / seconds))}/s`,
      counted(failures, "failure"),
      counted(outcomes.size, "distinct outcome"),
    ].join(", ");
    return this.#onTerminal ? `\r${text}\u001b[K` : text;
  }
}

/** `1 failure`, `2,000 failures`. */
export function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? "" : "s"}`;
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
