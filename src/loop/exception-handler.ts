import { type Context, enterContext } from "./context.ts";
import type { EventLoop } from "./event-loop.ts";
import type { Handle } from "./handle.ts";
import type { AnyFuture, AnyTask } from "./parties.ts";
import { printError } from "./print.ts";

/** What an exception handler is told. */
export interface ExceptionContext {
  message: string;
  exception?: unknown;
  future?: AnyFuture;
  task?: AnyTask;
  handle?: Handle;
  /** When a custom handler has failed: what it was told. */
  context?: ExceptionContext;
}

/** @internal */
export type ExceptionHandler = (loop: EventLoop, context: ExceptionContext) => void;

/**
 * Calls `handler`, in the context of whatever failed; the default one if there is none, or if it fails itself.
 *
 * @internal
 * @see CPython 3.13 `base_events.call_exception_handler`
 */
export function handleException(loop: EventLoop, handler: ExceptionHandler | null, context: ExceptionContext): void {
  if (handler === null) {
    callDefault(loop, context, "Exception in default exception handler");
    return;
  }
  const owner: Context | undefined = (context.task ?? context.future?.stepOf ?? context.handle)?.context;
  const outer = owner === undefined ? null : enterContext(owner);
  try {
    handler(loop, context);
  } catch (exception) {
    callDefault(
      loop,
      { message: "Unhandled error in exception handler", exception, context },
      "Exception in default exception handler while handling an unexpected error in custom exception handler",
    );
  } finally {
    if (outer !== null) enterContext(outer);
  }
}

function callDefault(loop: EventLoop, context: ExceptionContext, ifItFails: string): void {
  try {
    loop.defaultExceptionHandler(context);
  } catch (error) {
    printError(ifItFails, error);
  }
}
