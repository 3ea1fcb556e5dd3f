import type { ConnectionOptions, TlsOptions } from "node:tls";
import { ContextVar } from "../loop/context.ts";
import type { Pausable } from "./http-body.ts";
import type { BodySource } from "./http-upload.ts";

// The seam between escapement/http and what carries its messages. Node's is http-node.ts, on undici and `node:http`; a
// simulation binds its own to `http`, in the context in which it starts a program.

/** @internal What carries requests and responses between programs. */
export interface HttpCarrier {
  /** Whether it answers in the host's turns, as opposed to the loop's own. */
  readonly needsHost: boolean;
  /** What a session makes its requests through. @throws {MissingPackageError} */
  client(tls: ConnectionOptions): HttpClient;
  /** Begins to listen, and tells `acceptor` what comes of it, later. */
  listen(options: ListenOptions, acceptor: HttpAcceptor): HttpListener;
}

/** @internal What programs of this context reach; where nothing is bound, the host's own. */
export const http: ContextVar<HttpCarrier> = new ContextVar<HttpCarrier>("http");

// ---- the client's side

/** @internal */
export interface HttpClient {
  /** The server of that origin (`http://127.0.0.1:80`). `onDisconnect` is told of every connection that is gone. */
  reach(origin: string, onDisconnect: () => void): HttpPeer;
}

/** @internal A server as a client sees it: its connections. As many are made as there are requests at a time. */
export interface HttpPeer {
  /** How many there are, those that are being made among them. */
  readonly connections: number;
  /** Sends a request, as soon as there is a connection, and tells `events` how it fares, later. */
  send(request: OutgoingRequest, events: RequestEvents): void;
  /** Calls back when the connection of a response that has just ended can be used again. */
  whenFree(callback: () => void): void;
  /** Closes every connection, at once. */
  destroy(error: Error): void;
}

/** @internal */
export interface OutgoingRequest {
  readonly origin: string;
  /** With its query. */
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | BodySource | null;
  /** Is told of the connection that is begun for it, if one is: `destroy` gives the attempt up. */
  readonly onConnecting: (attempt: { destroy(reason: Error): void }) => void;
}

/** @internal By name, in lower case. */
export type IncomingHeaders = Record<string, string | string[] | undefined>;

/** @internal What can be done to a request that has been sent. */
export interface RequestController extends Pausable {
  /** Gives it up, and its connection with it. */
  abort(reason: Error): void;
}

/**
 * Who is told how a request fares: that it is sent, that status and headers have come, what comes of the body, and how it
 * ends. Names and order are those of undici's handlers, which saves a translation.
 *
 * @internal
 */
export interface RequestEvents {
  onRequestStart(controller: RequestController): void;
  onResponseStart(controller: unknown, status: number, headers: IncomingHeaders, statusText?: string): void;
  onResponseData(controller: unknown, chunk: Uint8Array): void;
  onResponseEnd(): void;
  onResponseError(controller: unknown, cause: Error): void;
}

// ---- the server's side

/** @internal */
export interface ListenOptions {
  /** "" for all addresses of the machine. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly tls: TlsOptions | undefined;
  /** How long a connection is kept that nobody uses, in milliseconds. */
  readonly keepAliveTimeout: number;
}

/** @internal Who wants requests. All may be called outside of an iteration. */
export interface HttpAcceptor {
  listening(host: string, port: number): void;
  /** It cannot listen; or, after `listening`, could not accept a connection. The host's own error. */
  failed(cause: Error): void;
  /** A request has come. What is returned is told what becomes of it. */
  accept(wire: ServerWire): ServerWireEvents;
  /** There is one connection less, or it listens no more. */
  disconnected(): void;
}

/** @internal */
export interface HttpListener {
  /** How many connections there are. */
  readonly connections: number;
  /** Accepts no more, and closes the connections but of these clients. */
  close(busy: ReadonlySet<string>): void;
  /** Closes every connection, at once. */
  drop(): void;
}

/** @internal By name, however that is spelled; each once. */
export type OutgoingHeaders = Readonly<Record<string, string | number | readonly string[]>>;

/** @internal A request as a server has it, and the answer to it. */
export interface ServerWire extends Pausable {
  /** Who asks, by connection: as `close` of the listener wants it. */
  readonly client: string;
  readonly remoteAddress: string;
  readonly method: string;
  /** As it was asked for: `/path?query`. */
  readonly url: string;
  /** Name, value, name, value. */
  readonly rawHeaders: readonly string[];
  /** One of them, by its name in lower case. */
  header(name: string): string | undefined;

  /** Whether status and headers are on their way. */
  readonly headersSent: boolean;
  /** Whether the answer is complete. */
  readonly complete: boolean;
  /** Whether the client has left, or was left. */
  readonly gone: boolean;
  /**
   * Sends status and headers.
   *
   * @throws {RangeError} When it cannot be a status. Nothing is sent then, as with the next.
   * @throws {TypeError} When one of them cannot be a header.
   */
  writeHead(status: number, headers: OutgoingHeaders): void;
  /** @returns False when it has enough for now; then `drained` is told when it takes more. */
  write(bytes: Uint8Array): boolean;
  /** The answer is complete. @param body - What is left of it; text goes as UTF-8. */
  end(body?: Uint8Array | string): void;
  /** Closes the connection in the middle of the answer. */
  destroy(): void;
  /** The connection serves nobody else: the client is told, and it is closed behind the answer. */
  beLast(): void;
}

/** @internal */
export interface ServerWireEvents {
  /** Of the request's body. */
  data(chunk: Uint8Array): void;
  ended(): void;
  /** The client left in the middle of it. Told behind `ended`, it says nothing. */
  interrupted(cause?: Error): void;
  drained(): void;
  /** The answer is sent; or the client has left, and nobody wants it. */
  closed(): void;
}
