import type { ExceptionContext } from "./exception-handler.ts";

// Where reports go when nobody has asked for them: the host's console. The only file of the core that prints.
declare const console: { error(...args: unknown[]): void; warn(...args: unknown[]): void };

/** @internal */
export function printException(context: ExceptionContext): void {
  const lines = [context.message || "Unhandled exception in event loop"];
  if (context.task !== undefined) lines.push(`task: ${context.task.toString()}`);
  else if (context.future !== undefined) lines.push(`future: ${context.future.toString()}`);
  if (context.handle !== undefined) lines.push(`handle: ${context.handle.describe()}`);
  const source = (context.task ?? context.future ?? context.handle)?.source;
  if (source !== undefined) lines.push(source.replace(/^Error: /, ""));
  // A handler that failed had something to report: that must not be lost.
  const told = context.context;
  if (told !== undefined) lines.push(`it was told: ${told.message}: ${String(told.exception)}`);
  if ("exception" in context) console.error(lines.join("\n"), context.exception);
  else console.error(lines.join("\n"));
}

/** @internal */
export function printError(message: string, error: unknown): void {
  console.error(message, error);
}

/** @internal */
export function printWarning(message: string): void {
  console.warn(message);
}
