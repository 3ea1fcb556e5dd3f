import { RuntimeError, ValueError } from "../loop/errors.ts";

/** One operation of a history: what was asked, and what came back. */
export interface Operation<I, O> {
  readonly id: number;
  readonly input: I;
  /** Who asked, where that was told. */
  readonly process: string | undefined;
  /** How many calls and returns the history had before its call. */
  readonly calledAt: number;
  /** The same of its return; Infinity while there is none. */
  readonly returnedAt: number;
  readonly output: O | undefined;
}

/**
 * What clients asked of a service and what they were told, in the order in which it happened: what `linearizable` judges.
 *
 * @example
 * const id = history.call({ op: "write", value: 1 });
 * yield* client.write(1);
 * history.return(id, undefined);
 */
export class History<I, O> {
  readonly #operations = new Map<number, Operation<I, O>>();
  // The operation that each process waits for.
  readonly #open = new Map<string, number>();
  #calls = 0;
  #events = 0;

  /** Those called so far, in the order of their calls, without those that failed. */
  get operations(): readonly Operation<I, O>[] {
    return [...this.#operations.values()];
  }

  /**
   * An operation begins. If it never returns, as when its client crashes or gives up, it may take effect at any later time, or never.
   *
   * @param process - The name of the client, for messages, and to see that it asks one thing at a time.
   * @returns Its number, for `return`.
   * @throws {RuntimeError} When `process` has an operation that has not returned.
   */
  call(input: I, process?: string): number {
    if (process !== undefined) this.#checkFree(process);
    const id = this.#calls;
    this.#calls += 1;
    this.#operations.set(id, { id, input, process, calledAt: this.#tick(), returnedAt: Infinity, output: undefined });
    if (process !== undefined) this.#open.set(process, id);
    return id;
  }

  /**
   * Operation `id` has returned `output`.
   *
   * @throws {ValueError} When there is no such operation.
   * @throws {RuntimeError} When it has returned before.
   */
  return(id: number, output: O): void {
    const operation = this.#close("return", id);
    this.#operations.set(id, { ...operation, returnedAt: this.#tick(), output });
  }

  /**
   * Operation `id` is known to have had no effect: it was refused before it was begun. It is left out.
   *
   * One that timed out is not that: leave it open.
   *
   * @throws {ValueError} When there is no such operation.
   * @throws {RuntimeError} When it has returned before.
   */
  fail(id: number): void {
    this.#close("fail", id);
    this.#operations.delete(id);
  }

  #tick(): number {
    this.#events += 1;
    return this.#events - 1;
  }

  #checkFree(process: string): void {
    const open = this.#open.get(process);
    if (open === undefined) return;
    throw new RuntimeError(
      `History.call: operation ${open} of "${process}" has not returned. A client asks one thing at a time; ` +
        "one that gave up on an operation goes on under another name.",
    );
  }

  #close(who: "return" | "fail", id: number): Operation<I, O> {
    const operation = this.#operations.get(id);
    if (operation === undefined) throw new ValueError(`History.${who}: there is no operation ${this.#unknown(id)}.`);
    if (operation.returnedAt !== Infinity) {
      throw new RuntimeError(`History.${who}: operation ${id} has returned already.`);
    }
    if (operation.process !== undefined) this.#open.delete(operation.process);
    return operation;
  }

  #unknown(id: unknown): string {
    const failed = Number.isInteger(id) && (id as number) >= 0 && (id as number) < this.#calls;
    return failed ? `${String(id)} any more: it failed` : `${String(id)}: none was called`;
  }
}
