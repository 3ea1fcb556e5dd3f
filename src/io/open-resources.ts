import type { EventLoop } from "../loop/event-loop.ts";

/** @internal What would keep the host alive, or fall into silence, were it still open when its loop ends. */
export interface OpenResource {
  /** Frees it, and tells nobody. Whether the program should have closed it, and had not begun to. */
  abandon(): boolean;
  toString(): string;
}

const openOf = new WeakMap<EventLoop, Set<OpenResource>>();

/**
 * Frees `resource` when the loop closes, unless it is forgotten before. In debug mode that is reported: it should have
 * been closed.
 *
 * @internal
 */
export function remember(loop: EventLoop, resource: OpenResource): void {
  let open = openOf.get(loop);
  if (open === undefined) {
    open = new Set();
    openOf.set(loop, open);
    loop.onClose(() => abandonAll(loop));
  }
  open.add(resource);
}

/** @internal */
export function forget(loop: EventLoop, resource: OpenResource): void {
  openOf.get(loop)?.delete(resource);
}

function abandonAll(loop: EventLoop): void {
  for (const resource of openOf.get(loop) ?? []) {
    const message = `Still open when the loop closed: ${resource.toString()}`;
    if (resource.abandon() && loop.debug) loop.callExceptionHandler({ message });
  }
  openOf.delete(loop);
}
