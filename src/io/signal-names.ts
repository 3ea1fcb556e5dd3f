import { constants } from "node:os";
import { RuntimeError, ValueError } from "../loop/errors.ts";

/** @internal A signal that this host knows. */
export type SignalName = keyof typeof constants.signals;

/** @internal @throws {ValueError} When there is no such signal. */
export function checkSignal(who: string, signal: unknown): asserts signal is SignalName {
  if (typeof signal === "string" && Object.hasOwn(constants.signals, signal)) return;
  throw new ValueError(`${who}: there is no signal ${JSON.stringify(signal)}; "SIGTERM" is one.`);
}

/** @internal @throws {ValueError} @throws {RuntimeError} When it is none, or none that can be waited for. */
export function checkCatchable(who: string, signal: unknown): asserts signal is SignalName {
  checkSignal(who, signal);
  if (signal === "SIGKILL" || signal === "SIGSTOP") throw new RuntimeError(`${who}: ${signal} cannot be caught.`);
}

/** @internal */
export function signalNumber(signal: string): number {
  return constants.signals[signal as SignalName] ?? 0;
}
