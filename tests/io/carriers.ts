// What the same programs run over: TCP, TLS and a Unix socket, all on this machine, at addresses of their own.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Coroutine } from "../../src/index.ts";
import {
  type ConnectOptions,
  type OnConnection,
  type Server,
  type Streams,
  openConnection,
  openUnixConnection,
  startServer,
  startUnixServer,
} from "../../src/io/net.ts";

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");

/** For `localhost` and 127.0.0.1, signed by itself, valid until 2120. */
export const certificate = { key: fixture("localhost.key.pem"), cert: fixture("localhost.cert.pem") };

export interface Carrier {
  readonly name: string;
  serve(onConnection: OnConnection, options?: ConnectOptions): Coroutine<Server>;
  connect(server: Server, options?: ConnectOptions): Coroutine<Streams>;
}

export const tcp: Carrier = {
  name: "TCP",
  serve: (onConnection, options) => startServer(onConnection, "127.0.0.1", 0, options),
  connect: (server, options) => openConnection("127.0.0.1", server.port, options),
};

export const tls: Carrier = {
  name: "TLS",
  serve: (onConnection, options) => startServer(onConnection, "127.0.0.1", 0, { tls: certificate, ...options }),
  connect: (server, options) => openConnection("127.0.0.1", server.port, { tls: { ca: certificate.cert }, ...options }),
};

const folder = mkdtempSync(join(tmpdir(), "escapement-io-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
let sockets = 0;

/** A path in a folder that is gone when the tests are. */
export function unixPath(): string {
  sockets += 1;
  return join(folder, `${process.pid}-${sockets}`);
}

export const unix: Carrier = {
  name: "a Unix socket",
  serve: (onConnection, options) => startUnixServer(onConnection, unixPath(), options),
  connect: (server, options) => openUnixConnection(String(server.addresses[0]), options),
};

export const carriers: readonly Carrier[] = [tcp, tls, unix];
