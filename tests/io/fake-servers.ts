// Servers that misbehave, and one that stands between a client and a real server.
import { type Server, type Socket, connect, createServer } from "node:net";
import { TLSSocket } from "node:tls";
import { type Coroutine, fromCallback } from "../../src/index.ts";

/** What is told to every client, and whether its connection is then closed. */
export interface Manners {
  /** Sent at once. */
  readonly greeting?: Buffer;
  /** Sent when the client has sent something. */
  readonly answer?: Buffer;
  readonly hangUp?: boolean;
}

/** Listens on a free port for the length of `body`. */
export function* fakeServer(manners: Manners, body: (port: number) => Coroutine<void>): Coroutine<void> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.resume();
    if (manners.greeting !== undefined) socket.write(manners.greeting);
    const goOn = (): void => {
      if (manners.answer !== undefined) socket.write(manners.answer);
      if (manners.hangUp === true) socket.end();
    };
    if (manners.answer === undefined) goOn();
    else socket.once("data", goOn);
  });
  yield* listening(server, body);
}

/** Stands between clients and a server. */
export class Proxy {
  readonly port: number;
  /** How much has passed, both ways together. */
  readonly passed: { readonly bytes: number };
  readonly #sockets: ReadonlySet<Socket>;

  constructor(port: number, sockets: ReadonlySet<Socket>, passed: { readonly bytes: number }) {
    this.port = port;
    this.#sockets = sockets;
    this.passed = passed;
  }

  /** From now on nothing passes through the connections that there are. */
  freeze(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners("data");
      socket.pause();
    }
  }

  /** What the server says on the connections that there are waits, until it is let through. */
  hold(): void {
    for (const socket of this.#sockets) if (this.#isServer(socket)) socket.pause();
  }

  letThrough(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  #isServer({ localPort }: Socket): boolean {
    return localPort !== this.port;
  }

  /** Resets the connections that there are. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}

/** A proxy of the server at `target` for the length of `body`. */
export function* proxied(
  target: { host: string; port: number },
  body: (proxy: Proxy) => Coroutine<void>,
): Coroutine<void> {
  const sockets = new Set<Socket>();
  const passed = { bytes: 0 };
  const server = createServer((client) => {
    const upstream = connect(target);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("data", (data) => {
        passed.bytes += data.length;
        if (other.write(data)) return;
        socket.pause();
        other.once("drain", () => socket.resume());
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  yield* listening(server, function* (port) {
    yield* body(new Proxy(port, sockets, passed));
    for (const socket of sockets) socket.destroy();
  });
}

/** A proxy that PostgreSQL's clients speak TLS with: it grants their request for it, and speaks plainly to the server. */
export function* securely(
  target: { host: string; port: number },
  identity: { key: string; cert: string },
  body: (port: number) => Coroutine<void>,
): Coroutine<void> {
  const server = createServer((client) => {
    client.once("data", () => {
      client.write("S");
      const secure = new TLSSocket(client, { isServer: true, ...identity });
      const upstream = connect(target);
      for (const socket of [client, secure, upstream]) socket.on("error", () => {});
      secure.pipe(upstream).pipe(secure);
      secure.on("close", () => upstream.destroy());
    });
  });
  yield* listening(server, body);
}

function* listening(server: Server, body: (port: number) => Coroutine<void>): Coroutine<void> {
  yield* fromCallback<void>((done) => server.listen(0, "127.0.0.1", () => done(null, undefined)));
  try {
    yield* body((server.address() as { port: number }).port);
  } finally {
    server.close();
  }
}
