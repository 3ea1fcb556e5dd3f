import type { Socket } from "node:net";
import {
  type ConnectionOptions,
  type TLSSocket,
  type TlsOptions,
  connect as connectSecurely,
  createServer as createSecureServer,
} from "node:tls";

/** @internal How a connection that was made without TLS is made secure. */
export interface TlsUpgrade {
  readonly settings: ConnectionOptions | TlsOptions;
  /** Which part this side plays: the one who was connected to, or the one who connected. */
  readonly serverSide: boolean;
}

/** @internal What comes of it: one of them is called. */
export interface HandshakeOutcome {
  secured(socket: TLSSocket): void;
  failed(cause: Error): void;
}

/**
 * Makes `raw` secure. Nobody must read from it any more.
 *
 * @internal
 */
export function shakeHands(raw: Socket, { settings, serverSide }: TlsUpgrade, outcome: HandshakeOutcome): void {
  // Over TLS the end of one side is the end; before it is secure, too.
  raw.allowHalfOpen = false;
  if (serverSide) {
    // A server that listens nowhere: Node's documented way to hand it a connection of ours.
    const server = createSecureServer(settings as TlsOptions);
    server.on("secureConnection", (socket) => outcome.secured(socket));
    server.on("tlsClientError", (cause) => outcome.failed(cause));
    server.emit("connection", raw);
  } else {
    const socket = connectSecurely({ ...(settings as ConnectionOptions), socket: raw });
    const fail = (cause: Error): void => outcome.failed(cause);
    socket.once("error", fail);
    socket.once("secureConnect", () => {
      outcome.secured(socket);
      socket.off("error", fail);
    });
  }
}
