import { ValueError } from "../../loop/errors.ts";
import { networkError } from "../../io/network-errors.ts";
import { InvalidHandshake, statusError } from "../../io/websocket-errors.ts";
import { type WebSocketSettings, withoutPassword } from "../../io/websocket-options.ts";
import { type WebSocketCarrier, type Wire, type WireEvents, webSockets } from "../../io/websocket-wire.ts";
import type { NetworkFault, Site } from "./channel.ts";
import type { DeviceKind } from "./devices.ts";
import { isToken } from "./http-messages.ts";
import { STATUS_TEXTS } from "./http-status.ts";
import { SimWebSocketListener } from "./websocket-listener.ts";
import { HANDSHAKE_SIZE, type Hello, type SocketMessage, type Welcome } from "./websocket-messages.ts";
import { SimWire } from "./websocket-wire.ts";

/**
 * WebSockets, for escapement/websocket. As with streams, TLS is taken as agreed on when both ends ask for it; compression
 * is agreed on, and not done.
 *
 * @internal
 */
export const sockets: DeviceKind = { variable: webSockets, plug: (site) => ({ value: carrierOf(site) }) };

function carrierOf(site: Site): WebSocketCarrier {
  return {
    connect(url, settings, events) {
      const target = withoutPassword(url);
      const address = parseUrl(url, target);
      checkSubprotocols(target, settings.subprotocols);
      return connect(site, { url: address, target, settings, events });
    },
    listen: (host, port, settings, acceptor) => new SimWebSocketListener(site, { host, port, settings, acceptor }),
  };
}

interface Attempt {
  readonly url: URL;
  readonly target: string;
  readonly settings: WebSocketSettings;
  readonly events: WireEvents;
}

function connect(site: Site, { url, target, settings, events }: Attempt): Wire {
  const secure = url.protocol === "wss:";
  const path = `${url.pathname}${url.search}`;
  const wire: SimWire = new SimWire(target, secure, settings, {
    opened: () => wire.channel.send(helloTo(url, path, settings), HANDSHAKE_SIZE),
    message(message) {
      if (message.kind === "welcome") welcome(message);
      else fail(new InvalidHandshake(`connect to ${target}: the server does not speak WebSocket.`, { target }));
    },
    lost: (fault) => fail(handshakeError(target, fault, secure)),
  });
  let isOver = false;
  const fail = (error: Error): void => {
    if (isOver) return;
    isOver = true;
    wire.channel.reset();
    events.failed(error);
  };
  const welcome = ({ status, subprotocol, headers }: Welcome): void => {
    if (status !== 101) fail(statusError(target, status, STATUS_TEXTS[status]));
    else if (subprotocol === null && settings.subprotocols.length > 0) {
      fail(new InvalidHandshake(`connect to ${target}: Server sent no subprotocol.`, { target }));
    } else {
      wire.begin(events, { isServer: false });
      events.open({ subprotocol, path, remoteAddress: wire.peerName, headers });
    }
  };
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  const address = { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port };
  wire.channel = site.connect(address, secure ? "wss" : "ws", wire);
  return wire;
}

function handshakeError(target: string, fault: NetworkFault | null, secure: boolean): Error {
  if (fault !== null) return networkError("connect to", target, fault, secure);
  return new InvalidHandshake(`connect to ${target}: given up.`, { target });
}

function helloTo(url: URL, path: string, settings: WebSocketSettings): SocketMessage {
  const { subprotocols, headers = {}, origin, compression } = settings;
  const { host, username, password } = url;
  const said: Record<string, string> = { host, connection: "Upgrade", upgrade: "websocket" };
  if (username !== "" || password !== "") {
    said["authorization"] = `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
  }
  for (const [name, value] of Object.entries(headers)) said[name.toLowerCase()] = value;
  if (origin !== undefined) said["origin"] = origin;
  if (subprotocols.length > 0) said["sec-websocket-protocol"] = subprotocols.join(",");
  if (compression === "deflate") said["sec-websocket-extensions"] = "permessage-deflate; client_max_window_bits";
  return { kind: "hello", path, headers: said, subprotocols: [...subprotocols] } satisfies Hello;
}

/** @throws {ValueError} In the words of `ws`. */
function parseUrl(url: string, target: string): URL {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new ValueError(`connect: ${target}: Invalid URL: ${target}.`);
  }
  if (parsed.protocol !== "ws:" && parsed.protocol !== "wss:") {
    throw new ValueError(`connect: ${target}: The URL's protocol must be one of "ws:", "wss:".`);
  }
  return parsed;
}

function checkSubprotocols(target: string, subprotocols: readonly string[]): void {
  if (subprotocols.every(isToken) && new Set(subprotocols).size === subprotocols.length) return;
  throw new ValueError(`connect: ${target}: An invalid or duplicated subprotocol was specified.`);
}
