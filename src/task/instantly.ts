import { Operation } from "../future/operation.ts";

/**
 * An awaitable that never waits: it does its work when it is awaited.
 *
 * @internal
 */
export class Instantly<T> extends Operation<T, undefined> {
  readonly label: string;
  readonly #work: () => T;

  constructor(label: string, work: () => T) {
    super();
    this.label = label;
    this.#work = work;
  }

  protected attempt(): T {
    return this.#work();
  }

  // attempt() always succeeds.
  protected begin(): undefined {}

  protected finish(): T {
    return this.#work();
  }

  protected abandon(): void {}
}
