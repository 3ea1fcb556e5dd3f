import { hostGlobal, hostModule } from "./host.ts";
import { callSite } from "./call-site.ts";
import { type Post, fencedMachine, refuse } from "./stand-in.ts";

const TIMER = "The host's timers never fire here. Use sleep(), timeout() or loop.callLater().";
const SOON = "The host has no turn here. Use loop.callSoon(), or a bare yield.";
const NET = "It would reach the real network. Use escapement/http or escapement/net in a host of the simulated world.";
const SOCKET = "It would reach the real network. Use escapement/websocket in a host of the simulated world.";
const READING = "It tells the host's time. Use loop.time(), or performance.now().";

const global = (): object => globalThis;
const of = (name: string) => (): object | undefined => hostGlobal(name) as object | undefined;
const from = (name: string) => (): object | undefined => hostModule(name) as object | undefined;

/** What the host would do later, or elsewhere: nothing in a simulation can stand in for it. @internal */
export const REFUSED: readonly Post[] = [
  ...["setTimeout", "setInterval"].flatMap((key) => [
    refuse(global, key, key, TIMER),
    refuse(from("timers"), key, key, TIMER),
    refuse(from("timers/promises"), key, `${key} of node:timers/promises`, TIMER),
  ]),
  refuse(global, "setImmediate", "setImmediate", SOON),
  refuse(from("timers"), "setImmediate", "setImmediate", SOON),
  refuse(from("timers/promises"), "setImmediate", "setImmediate of node:timers/promises", SOON),
  refuse(global, "queueMicrotask", "queueMicrotask", SOON),
  refuse(of("process"), "nextTick", "process.nextTick", SOON),
  refuse(global, "requestAnimationFrame", "requestAnimationFrame", SOON),
  refuse(global, "requestIdleCallback", "requestIdleCallback", SOON),
  refuse(of("AbortSignal"), "timeout", "AbortSignal.timeout", "The host's timers never fire here. Use timeout()."),
  refuse(of("Atomics"), "waitAsync", "Atomics.waitAsync", "It waits in real time. Use an Event, or sleep()."),
  refuse(global, "fetch", "fetch", NET),
  refuse(global, "XMLHttpRequest", "XMLHttpRequest", NET),
  refuse(global, "EventSource", "EventSource", NET),
  refuse(global, "WebSocket", "WebSocket", SOCKET),
  refuse(of("performance"), "eventLoopUtilization", "performance.eventLoopUtilization", READING),
  refuse(of("process"), "cpuUsage", "process.cpuUsage", READING),
  refuse(of("process"), "resourceUsage", "process.resourceUsage", READING),
];

const PROMISE =
  "It would be settled by the host, which has no turn here. Write a coroutine, and yield* what it waits for.";
const IO =
  "It needs the host, which has no turn here. What is simulated: escapement/net, /http, /websocket and /files.";

/**
 * What to throw when `who`, of this library, would wait for the host; null where a warning is all that is wanted.
 *
 * @param trap - The function that asks; the program is below it on the stack.
 * @internal
 */
export function refusalOf(who: string, trap: (...args: any[]) => unknown): Error | null {
  const machine = fencedMachine();
  if (machine === null) return null;
  return machine.fence.tell(`${who} was called`, callSite(trap).place, who === "fromPromise" ? PROMISE : IO);
}
