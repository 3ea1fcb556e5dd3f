import type { HttpPeer, OutgoingRequest, RequestEvents } from "../../io/http-wire.ts";
import type { Site } from "./channel.ts";
import { HttpClientConnection } from "./http-connection.ts";
import { isFieldValue, isToken } from "./http-messages.ts";

/**
 * A server as a simulated client sees it: a connection for each request at a time, kept for the next.
 *
 * @internal
 */
export class SimPeer implements HttpPeer {
  readonly #site: Site;
  readonly #origin: URL;
  readonly #onDisconnect: () => void;
  readonly #all = new Set<HttpClientConnection>();
  // The last that was used is used again first.
  readonly #free: HttpClientConnection[] = [];

  constructor(site: Site, origin: string, onDisconnect: () => void) {
    this.#site = site;
    this.#origin = new URL(origin);
    this.#onDisconnect = onDisconnect;
  }

  get connections(): number {
    return this.#all.size;
  }

  send(request: OutgoingRequest, events: RequestEvents): void {
    const mistake = mistakeIn(request);
    if (mistake !== null) {
      events.onResponseError(null, Object.assign(new Error(mistake), { code: "UND_ERR_INVALID_ARG" }));
      return;
    }
    const kept = this.#free.pop();
    if (kept !== undefined) kept.carry(request, events);
    else this.#connect(request, events);
  }

  #connect(request: OutgoingRequest, events: RequestEvents): void {
    const { protocol, hostname, port, host } = this.#origin;
    const address = {
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
    };
    const connection: HttpClientConnection = new HttpClientConnection(host, {
      onFree: () => this.#free.push(connection),
      onBusy: () => this.#forget(connection),
      onGone: () => {
        this.#forget(connection);
        this.#all.delete(connection);
        this.#onDisconnect();
      },
    });
    this.#all.add(connection);
    connection.attach(this.#site.connect(address, protocol.slice(0, -1), connection));
    connection.carry(request, events);
    request.onConnecting({ destroy: () => connection.destroy() });
  }

  /** It is not free any more. */
  #forget(connection: HttpClientConnection): void {
    const index = this.#free.indexOf(connection);
    if (index >= 0) this.#free.splice(index, 1);
  }

  // It was free before anybody was told that the response is complete.
  whenFree(callback: () => void): void {
    callback();
  }

  destroy(error: Error): void {
    for (const connection of this.#all) connection.destroy(error);
  }
}

/** In undici's words. */
function mistakeIn({ method, headers }: OutgoingRequest): string | null {
  if (!isToken(method)) return "invalid request method";
  for (const [name, value] of Object.entries(headers)) {
    if (!isToken(name)) return "invalid header key";
    if (!isFieldValue(value)) return `invalid ${name} header`;
  }
  return null;
}
