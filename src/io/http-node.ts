import { loadUndici } from "./http-driver.ts";
import { NodeHttpListener } from "./http-node-listener.ts";
import { NodePeer } from "./http-node-peer.ts";
import type { HttpCarrier } from "./http-wire.ts";

/** @internal HTTP that Node reaches: requests through undici's `dispatch`, responses through `node:http`. */
export const nodeHttp: HttpCarrier = {
  needsHost: true,

  client(tls) {
    const undici = loadUndici();
    return { reach: (origin, onDisconnect) => new NodePeer(origin, { undici, tls, onDisconnect }) };
  },

  listen: (options, acceptor) => new NodeHttpListener(options, acceptor),
};
