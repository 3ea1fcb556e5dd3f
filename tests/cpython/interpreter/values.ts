import {
  BrokenBarrierError,
  CancelledError,
  ExceptionGroup,
  InvalidStateError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  TimeoutError,
} from "../../../src/index.ts";
import type { Handler } from "./language.ts";

/** The error that programs throw. */
export class UserError extends Error {
  readonly ofCallback: boolean;
  constructor(message: string, ofCallback = false) {
    super(message);
    this.ofCallback = ofCallback;
  }
}

const NAMED = {
  InvalidStateError,
  TimeoutError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  BrokenBarrierError,
};

/** An error as the trace shows it. */
export function showError(error: unknown): unknown {
  if (error instanceof CancelledError) return { e: "CancelledError", m: error.message };
  if (error instanceof UserError) return { e: "User", m: error.message };
  if (error instanceof ExceptionGroup) return { e: "ExceptionGroup", of: error.errors.map(showError) };
  for (const [name, type] of Object.entries(NAMED)) if (error instanceof type) return { e: name };
  return { e: "Error" };
}

/** A value as the trace shows it. */
export function show(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof Error) return showError(value);
  if (Array.isArray(value)) return value.map(show);
  return typeof value === "object" ? { shown: value.constructor.name } : value;
}

/** Whether a handler of `try` is for this error. */
export function fits(kind: Handler["k"], error: unknown): boolean {
  switch (kind) {
    case "any":
      return true;
    case "timeout":
      return error instanceof TimeoutError;
    case "group":
      return error instanceof ExceptionGroup;
    case "cancel":
      return error instanceof CancelledError;
    case "error":
      return !(error instanceof CancelledError);
  }
}
