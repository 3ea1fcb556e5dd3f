import { describeMistake } from "../future/awaitable.ts";
import { Future } from "../future/future.ts";

type Listener = (...args: any[]) => void;

/** Node's EventEmitter, as far as it is needed here. */
export interface EmitterLike {
  on(name: string, listener: Listener): unknown;
  off(name: string, listener: Listener): unknown;
}

/** The web's EventTarget, as far as it is needed here. */
export interface EventTargetLike {
  addEventListener(name: string, listener: Listener): void;
  removeEventListener(name: string, listener: Listener): void;
}

/** Stops listening as soon as it is done, or cancelled. */
class FirstEvent<T> extends Future<T> {
  readonly label = "fromEvent";
  stopListening: () => void = () => {};

  /** @internal */
  override complete(state: number, value: unknown): void {
    this.stopListening();
    super.complete(state, value);
  }
}

/**
 * The first event of that name, from now on: its first argument.
 *
 * An emitter's "error" that comes first is thrown. However it ends, cancelled too, nothing is left listening.
 *
 * @param target - Node's EventEmitter, or an EventTarget.
 * @throws {TypeError} When it is neither.
 * @example
 * const [code] = yield* gather([fromEvent<number>(child, "exit"), fromEvent(child.stdout, "end")]);
 * @see Node's `events.once`
 */
export function fromEvent<T>(target: EmitterLike | EventTargetLike, name: string): Future<T> {
  const { on, off } = listening(target);
  const future = new FirstEvent<T>();
  const come = (value: T): void => {
    if (future.isAwaited()) future.setResult(value);
  };
  const fail = (error: unknown): void => {
    if (future.isAwaited()) future.setException(error ?? new Error(`fromEvent: "error" came before "${name}".`));
  };
  on(name, come);
  if (name !== "error" && "on" in target) on("error", fail);
  future.stopListening = () => {
    off(name, come);
    if (name !== "error" && "on" in target) off("error", fail);
  };
  return future;
}

type Listening = Record<"on" | "off", (name: string, listener: Listener) => void>;

function listening(target: EmitterLike | EventTargetLike): Listening {
  const offered = target as Partial<EmitterLike & EventTargetLike> | null | undefined;
  if (typeof offered?.on === "function" && typeof offered.off === "function") {
    const emitter = target as EmitterLike;
    return { on: (name, listener) => emitter.on(name, listener), off: (name, listener) => emitter.off(name, listener) };
  }
  if (typeof offered?.addEventListener === "function") {
    const web = target as EventTargetLike;
    return {
      on: (name, listener) => web.addEventListener(name, listener),
      off: (name, listener) => web.removeEventListener(name, listener),
    };
  }
  throw new TypeError(`fromEvent: expected an EventEmitter or an EventTarget, got ${describeMistake(target)}.`);
}
