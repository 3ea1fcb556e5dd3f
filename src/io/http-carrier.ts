import { type EventLoop, getRunningLoop } from "../loop/event-loop.ts";
import { hostedLoop } from "./hosted-loop.ts";
import { nodeHttp } from "./http-node.ts";
import { type HttpCarrier, http } from "./http-wire.ts";

/** @internal The carrier of this context. @throws {RuntimeError} When nobody turns the host's loop, and it is needed. */
export function httpCarrier(who: string): { loop: EventLoop; carrier: HttpCarrier } {
  const carrier = http.get(nodeHttp);
  return { loop: carrier.needsHost ? hostedLoop(who) : getRunningLoop(), carrier };
}
