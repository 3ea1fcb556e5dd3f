import type { SocketName } from "../../io/network.ts";
import type { ChannelAcceptor, ChannelAddress } from "./channel.ts";

/** Who listens on a machine. @internal */
export interface Listening {
  readonly protocol: string;
  readonly acceptor: ChannelAcceptor;
  /** It is heard on its own machine alone. */
  readonly isLocal: boolean;
}

// Where Linux looks for a free one, first.
const FIRST_FREE = 32_768;
const LAST_FREE = 60_999;

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "::1"]);
const ANY_NAMES: ReadonlySet<string> = new Set(["", "0.0.0.0", "::"]);

/** Whether a name means the machine on which it is used. @internal */
export function isLoopback(host: string): boolean {
  return LOOPBACK_NAMES.has(host);
}

/** Whether a name, of where to listen, means every address of the machine. @internal */
export function isAnyAddress(host: string): boolean {
  return ANY_NAMES.has(host);
}

/** The ports of a machine, and its Unix sockets, since it was started. @internal */
export class Ports {
  readonly #listening = new Map<number | string, Listening>();
  #lastFree = FIRST_FREE - 1;

  find(address: ChannelAddress): Listening | undefined {
    return this.#listening.get(keyOf(address));
  }

  /** A port that nobody uses: no two in a row are the same. */
  free(): number {
    do this.#lastFree = this.#lastFree >= LAST_FREE ? FIRST_FREE : this.#lastFree + 1;
    while (this.#listening.has(this.#lastFree));
    return this.#lastFree;
  }

  /** @returns Under which name; null when it is taken. */
  open(name: SocketName, listening: Listening): boolean {
    const key = typeof name === "string" ? name : name[1];
    if (this.#listening.has(key)) return false;
    this.#listening.set(key, listening);
    return true;
  }

  close(name: SocketName): void {
    this.#listening.delete(typeof name === "string" ? name : name[1]);
  }
}

function keyOf(address: ChannelAddress): number | string {
  return "path" in address ? address.path : address.port;
}
