import { ValueError } from "../loop/errors.ts";
import { TimeoutError } from "../future/errors.ts";
import { networkError } from "./network-errors.ts";

interface ClientErrorOptions {
  readonly target: string;
  readonly code?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A request failed: `target` says which (`GET http://127.0.0.1/`), `code` what the host calls it, `cause` is the error
 * underneath.
 *
 * @see aiohttp `ClientError`
 */
export class ClientError extends Error {
  static {
    this.prototype.name = "ClientError";
  }

  /** Method and URL. */
  readonly target: string;
  /** As in `ECONNREFUSED`; undefined where the host gave none. */
  readonly code: string | undefined;

  constructor(message: string, { target, code, cause }: ClientErrorOptions) {
    super(message, { cause });
    this.target = target;
    this.code = code;
  }
}

/**
 * No connection came about. Its cause is a NetworkError, which says why: ConnectionRefusedError, UnknownHostError, TlsError.
 *
 * @see aiohttp `ClientConnectorError`
 */
export class ConnectError extends ClientError {
  static {
    this.prototype.name = "ConnectError";
  }
}

/**
 * The connection ended, or was reset, before the answer was complete.
 *
 * @see aiohttp `ServerDisconnectedError`
 */
export class ServerDisconnectedError extends ClientError {
  static {
    this.prototype.name = "ServerDisconnectedError";
  }
}

/** What came is no HTTP, or more of it than is allowed: a malformed status line, headers without end. */
export class ProtocolError extends ClientError {
  static {
    this.prototype.name = "ProtocolError";
  }
}

/**
 * The body is not what it says it is: no gzip, no JSON, or larger than `maxResponseSize`.
 *
 * @see aiohttp `ClientPayloadError`
 */
export class PayloadError extends ClientError {
  static {
    this.prototype.name = "PayloadError";
  }
}

/**
 * Nothing that could be asked for: no URL, or one that is not of HTTP.
 *
 * @see aiohttp `InvalidURL`
 */
export class InvalidUrlError extends ClientError {
  static {
    this.prototype.name = "InvalidUrlError";
  }
}

/**
 * The server answered, and the answer is an error: `status` from 400 on.
 *
 * @see aiohttp `ClientResponseError`
 */
export class ResponseError extends ClientError {
  static {
    this.prototype.name = "ResponseError";
  }

  /** As in 404. */
  readonly status: number;

  constructor(message: string, { status, ...options }: ClientErrorOptions & { readonly status: number }) {
    super(message, options);
    this.status = status;
  }
}

/** Redirected again and again; see `maxRedirects`. */
export class TooManyRedirectsError extends ResponseError {
  static {
    this.prototype.name = "TooManyRedirectsError";
  }
}

/**
 * One of a request's timeouts passed: `phase` says which.
 *
 * @see aiohttp `ServerTimeoutError`
 */
export class RequestTimeoutError extends TimeoutError {
  static {
    this.prototype.name = "RequestTimeoutError";
  }

  /** Method and URL. */
  readonly target: string;
  readonly phase: TimeoutPhase;

  constructor(message: string, { target, phase, cause }: { target: string; phase: TimeoutPhase; cause?: unknown }) {
    super(message, { cause });
    this.target = target;
    this.phase = phase;
  }
}

/** Which of a request's timeouts. */
export type TimeoutPhase = "total" | "connect" | "socketConnect" | "read";

const PHASES: Readonly<Record<TimeoutPhase, string>> = {
  total: "the whole request took longer than",
  connect: "no connection could be had within",
  socketConnect: "no connection was made within",
  read: "nothing came for",
};

/** @internal */
export function requestTimeout(target: string, phase: TimeoutPhase, milliseconds: number): RequestTimeoutError {
  return new RequestTimeoutError(`${target}: ${PHASES[phase]} ${milliseconds} ms.`, { target, phase });
}

/** @internal How far a request had come when it failed. */
export type Progress = "connecting" | "waiting for the answer" | "receiving the answer";

const NO_REQUEST: ReadonlySet<string> = new Set(["UND_ERR_INVALID_ARG", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"]);

/** @internal What undici, or Node underneath, calls an error, as one of ours. */
export function requestError(target: string, url: URL, cause: unknown, progress: Progress): Error {
  const { code, message } = cause as { code?: string; message?: string };
  const why = message === undefined || message === "" ? String(cause) : message;
  if (code !== undefined && NO_REQUEST.has(code)) return new ValueError(`${target}: ${why}.`);
  if (progress === "connecting") {
    const network = networkError("connecting to", url.host, cause, url.protocol === "https:");
    return new ConnectError(`${target}: ${network.message}`, { target, code, cause: network });
  }
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    return new ProtocolError(`${target}: the answer's headers are too large (${code}).`, { target, code, cause });
  }
  const fault = parserFault(cause);
  if (fault !== null) {
    return new ProtocolError(`${target}: the answer is no HTTP: ${fault}.`, { target, code, cause });
  }
  const when = progress === "receiving the answer" ? "in the middle of its answer" : "before it answered";
  const tag = code === undefined ? "" : `: ${why} (${code})`;
  return new ServerDisconnectedError(`${target}: the connection ended ${when}${tag}.`, { target, code, cause });
}

/** What undici's parser has against the answer. That it came to its end too early is no fault of its form. */
function parserFault(cause: unknown): string | null {
  const { name, message } = cause as { name?: string; message?: string };
  if (name !== "HTTPParserError" || message === undefined || message.includes("EOF state")) return null;
  return /\((.+)\)$/.exec(message)?.[1] ?? message;
}

/**
 * What a handler of a server throws to answer with a status and a text. That is no failure of the server, and not reported.
 *
 * @example
 * const server = yield* serve(function* (request) {
 *   throw new HttpError(404, `there is no ${request.path}`);
 * });
 * yield* using(server, function* () {
 *   yield* using(new ClientSession(), function* (session) {
 *     const response = yield* session.get(`http://127.0.0.1:${server.port}/tick`);
 *     print([response.status, yield* response.text()]); //=> [404,"there is no /tick"]
 *   });
 * });
 * @see aiohttp `web.HTTPException`
 */
export class HttpError extends Error {
  static {
    this.prototype.name = "HttpError";
  }

  /** As in 404. */
  readonly status: number;

  constructor(status: number, message: string, { cause }: { cause?: unknown } = {}) {
    super(message, { cause });
    this.status = status;
  }
}
