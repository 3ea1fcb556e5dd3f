import type { Plan } from "./measure.ts";
import type { Table } from "./record.ts";
import { cellsOf, figure } from "./report.ts";
import type { Workload } from "./workloads.ts";

/** Says on standard error how far it is: on a terminal one line that changes, elsewhere a line for each workload. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  #rounds = 0;
  #names: readonly string[] = [];

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  begin({ workloads, rounds }: Plan): void {
    this.#names = workloads.map(({ name }) => name);
    this.#rounds = rounds;
  }

  round(workload: Workload, peer: string, round: number): void {
    if (!this.#out.isTTY) return;
    this.#show(`${this.#place(workload)} ${workload.name}, round ${round + 1} of ${this.#rounds}: ${peer}`);
  }

  done(workload: Workload, table: Table): void {
    const values = cellsOf(table, workload).map(({ peer, value }) => `${peer} ${figure(value)}`);
    this.#clear();
    this.#out.write(`${this.#place(workload)} ${workload.name}: ${values.join(", ") || "nobody"} (${workload.unit})\n`);
  }

  say(text: string): void {
    if (this.#out.isTTY) this.#show(text);
    else this.#out.write(`${text}\n`);
  }

  end(): void {
    this.#clear();
  }

  #place({ name }: Workload): string {
    return `[${this.#names.indexOf(name) + 1}/${this.#names.length}]`;
  }

  #show(text: string): void {
    this.#clear();
    this.#out.write(text.slice(0, this.#out.columns));
  }

  #clear(): void {
    if (this.#out.isTTY) this.#out.write("\r\u001B[K");
  }
}
