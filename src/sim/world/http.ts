import { type HttpCarrier, http } from "../../io/http-wire.ts";
import type { Site } from "./channel.ts";
import type { DeviceKind } from "./devices.ts";
import { SimPeer } from "./http-client.ts";
import { SimHttpListener } from "./http-server.ts";

/**
 * HTTP, for escapement/http. As with streams, TLS is taken as agreed on when both ends ask for it.
 *
 * @internal
 */
export const webServers: DeviceKind = { variable: http, plug: (site) => ({ value: carrierOf(site) }) };

function carrierOf(site: Site): HttpCarrier {
  return {
    needsHost: false,
    client: () => ({ reach: (origin, onDisconnect) => new SimPeer(site, origin, onDisconnect) }),
    listen: (options, acceptor) => new SimHttpListener(site, options, acceptor),
  };
}
