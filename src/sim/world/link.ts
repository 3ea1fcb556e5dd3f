import type { Machine } from "../machine.ts";
import type { LinkOptions } from "./options.ts";

// Equally likely parts of an exponential distribution, each as its middle; the first as nothing at all, for it is what
// happens where nothing is undetermined.
const PARTS = 16;
const EXPONENTIAL: readonly number[] = Array.from({ length: PARTS }, (_, i) =>
  i === 0 ? 0 : -Math.log(1 - (i + 0.5) / PARTS),
);

// As Linux: a segment is sent again after at least 200 ms, then after twice as long, at most fifteen times.
const RETRANSMISSION = 200;
const MOST_RETRANSMISSIONS = 15;

/**
 * One direction between two machines: how long what is sent takes, and whether anything comes through at all.
 *
 * @internal
 */
export class Link {
  readonly #machine: Machine;
  readonly #labels: { readonly latency: string; readonly loss: string; readonly order: string; readonly twice: string };
  #options: LinkOptions;
  #cut = false;
  // What waits until something comes through.
  #held: (() => void)[] = [];

  constructor(machine: Machine, name: string, options: LinkOptions) {
    this.#machine = machine;
    this.#options = options;
    this.#labels = {
      latency: `latency ${name}`,
      loss: `loss ${name}`,
      order: `reordering ${name}`,
      twice: `duplication ${name}`,
    };
  }

  get open(): boolean {
    return !this.#cut && this.#options.loss < 1;
  }

  get options(): LinkOptions {
    return this.#options;
  }

  set options(options: LinkOptions) {
    this.#touch();
    this.#options = options;
    this.#release();
  }

  #touch(): void {
    this.#machine.tracer?.touch(this, "", true);
  }

  cut(): void {
    this.#touch();
    this.#cut = true;
  }

  mend(): void {
    this.#touch();
    this.#cut = false;
    this.#release();
  }

  /** Does it as soon as something comes through. */
  hold(action: () => void): void {
    this.#held.push(action);
  }

  #release(): void {
    if (!this.open || this.#held.length === 0) return;
    const held = this.#held;
    this.#held = [];
    for (const action of held) action();
  }

  /** How long a segment takes, in milliseconds: one that is lost, until it has been sent again and arrived. */
  delay(): number {
    const { latency, loss, reordering } = this.#options;
    let delay = this.#latency(latency);
    // It is overtaken: it takes as long as two.
    if (reordering > 0 && this.#happens(this.#labels.order, reordering)) delay += latency.mean + this.#latency(latency);
    if (loss > 0) delay += this.#retransmissions(loss);
    return delay;
  }

  #latency({ min, mean }: LinkOptions["latency"]): number {
    if (mean === min) return min;
    return min + (mean - min) * EXPONENTIAL[this.#machine.ask("fault", PARTS, this.#labels.latency)]!;
  }

  #retransmissions(loss: number): number {
    let delay = 0;
    for (let i = 0; i < MOST_RETRANSMISSIONS && this.#happens(this.#labels.loss, loss); i += 1) {
      delay += RETRANSMISSION * 2 ** i;
    }
    return delay;
  }

  duplicates(): boolean {
    const { duplication } = this.#options;
    return duplication > 0 && this.#happens(this.#labels.twice, duplication);
  }

  #happens(label: string, probability: number): boolean {
    return probability >= 1 || this.#machine.ask("fault", 2, label, probability) === 1;
  }
}
