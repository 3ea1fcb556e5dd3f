import { Semaphore } from "../sync/semaphore.ts";
import type { HttpClient, HttpPeer, OutgoingRequest, RequestEvents } from "./http-wire.ts";

/** Who waits for a connection to a host, in order; named so for reports. */
class HostLimit extends Semaphore {}

/** @internal How an origin is reached, and who is told when nobody uses it and its last connection is gone. */
export interface OriginOptions {
  readonly client: HttpClient;
  readonly limit: number;
  readonly onIdle: (origin: Origin) => void;
}

/**
 * A server as a session sees it: those who have requests for it, and its connections. How many those are is the session's to
 * say.
 *
 * @internal
 */
export class Origin {
  readonly name: string;
  readonly permits: Semaphore;
  readonly #peer: HttpPeer;
  readonly #onIdle: (origin: Origin) => void;
  #users = 0;

  constructor(name: string, { client, limit, onIdle }: OriginOptions) {
    this.name = name;
    this.permits = new HostLimit(limit);
    this.#onIdle = onIdle;
    this.#peer = client.reach(name, () => this.#tellIfIdle());
  }

  /** Somebody has a request for it, or waits to send one. */
  use(): void {
    this.#users += 1;
  }

  leave(): void {
    this.#users -= 1;
    this.#tellIfIdle();
  }

  send(request: OutgoingRequest, events: RequestEvents): void {
    this.#peer.send(request, events);
  }

  whenFree(callback: () => void): void {
    this.#peer.whenFree(callback);
  }

  #tellIfIdle(): void {
    if (this.#users === 0 && this.#peer.connections === 0) this.#onIdle(this);
  }

  /** Closes every connection, at once. */
  destroy(error: Error): void {
    this.#peer.destroy(error);
  }
}
