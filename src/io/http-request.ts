import { ValueError } from "../loop/errors.ts";
import { toBytes } from "./bytes.ts";
import { ENCODINGS } from "./http-decoder.ts";
import { InvalidUrlError } from "./http-errors.ts";
import type { RequestTimeouts } from "./http-timeouts.ts";
import type { BodyProducer, BodySource } from "./http-upload.ts";
import type { OutgoingRequest } from "./http-wire.ts";

/** What is asked, beside method and URL. */
export interface RequestOptions {
  headers?: Record<string, string>;
  /** Go into the URL, behind the question mark. */
  params?: Record<string, string | number>;
  /** Is sent as JSON. */
  json?: unknown;
  body?: string | Uint8Array;
  /** Writes the body while it is sent. */
  stream?: BodyProducer;
  /** What is not given is the session's. */
  timeout?: RequestTimeouts | undefined;
  /** Whether a status of 400 or more is an error. Default: the session's. */
  raiseForStatus?: boolean;
  /** How often the server may send us elsewhere; 0: its redirection is the response. Default 10, and 0 for HEAD. */
  maxRedirects?: number;
  /** The largest body that is received, in bytes, after decompression. Default: the session's. */
  maxResponseSize?: number;
}

/** @internal */
export interface RequestDefaults {
  readonly baseUrl: URL | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxResponseSize: number;
}

interface RequestParts {
  readonly method: string;
  readonly url: URL;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array | null;
  readonly stream: BodyProducer | null;
  readonly maxResponseSize: number;
}

const WHO = "ClientSession.request";

/** @internal @throws {InvalidUrlError} @throws {TypeError} @throws {ValueError} */
export function prepareRequest(
  method: string,
  url: string,
  options: RequestOptions,
  defaults: RequestDefaults,
): ClientRequest {
  if (typeof method !== "string")
    throw new TypeError(`${WHO}: a method is a string, as in "GET", not ${typeof method}.`);
  const resolved = resolveUrl(method, url, defaults.baseUrl);
  for (const [name, value] of Object.entries(options.params ?? {})) resolved.searchParams.append(name, String(value));
  const headers = new Map<string, string>([
    ["accept", "*/*"],
    ["accept-encoding", ENCODINGS],
    ["user-agent", "escapement"],
  ]);
  authorize(headers, resolved);
  const [body, contentType] = readBody(options);
  if (contentType !== null) headers.set("content-type", contentType);
  for (const given of [defaults.headers, options.headers ?? {}]) {
    for (const [name, value] of Object.entries(given)) headers.set(name.toLowerCase(), value);
  }
  const maxResponseSize = options.maxResponseSize ?? defaults.maxResponseSize;
  return new ClientRequest({
    method: method.toUpperCase(),
    url: resolved,
    headers,
    body,
    stream: options.stream ?? null,
    maxResponseSize,
  });
}

/** @internal @throws {InvalidUrlError} When it is none, or not of HTTP. */
export function resolveUrl(method: string, url: string, base: URL | null): URL {
  const target = `${method} ${url}`;
  let resolved: URL;
  try {
    resolved = new URL(url, base ?? undefined);
  } catch (cause) {
    throw new InvalidUrlError(`${target}: it is no URL${base === null ? ", and there is no baseUrl" : ""}.`, {
      target,
      cause,
    });
  }
  if (resolved.protocol !== "http:" && resolved.protocol !== "https:") {
    throw new InvalidUrlError(`${target}: a URL of http: or https: was expected, not of ${resolved.protocol}`, {
      target,
    });
  }
  return resolved;
}

/** User and password leave the URL, as in aiohttp: they would be seen in errors. */
function authorize(headers: Map<string, string>, url: URL): void {
  if (url.username === "" && url.password === "") return;
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  headers.set("authorization", `Basic ${Buffer.from(credentials).toString("base64")}`);
  url.username = "";
  url.password = "";
}

function readBody({ json, body, stream }: RequestOptions): [Uint8Array | null, contentType: string | null] {
  const given = Number(json !== undefined) + Number(body !== undefined) + Number(stream !== undefined);
  if (given > 1) throw new ValueError(`${WHO}: a request has one body: json, body or stream.`);
  if (json !== undefined) return [toBytes(WHO, JSON.stringify(json)), "application/json"];
  if (stream !== undefined) {
    if (typeof stream !== "function")
      throw new TypeError(`${WHO}: stream is a coroutine function that writes the body.`);
    return [null, "application/octet-stream"];
  }
  if (body === undefined) return [null, null];
  return [toBytes(WHO, body), typeof body === "string" ? "text/plain; charset=utf-8" : "application/octet-stream"];
}

const OF_BODIES = ["content-type", "content-length", "content-encoding", "transfer-encoding"];
const OF_ORIGINS = ["authorization", "cookie", "proxy-authorization"];

/** @internal A request, ready to be sent: to its own URL, and to where that redirects to. */
export class ClientRequest {
  readonly #parts: RequestParts;

  constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  get method(): string {
    return this.#parts.method;
  }

  get url(): URL {
    return this.#parts.url;
  }

  /** For errors: `GET http://127.0.0.1/`. */
  get target(): string {
    return `${this.method} ${this.url.href}`;
  }

  /** Names in lower case. */
  get headers(): ReadonlyMap<string, string> {
    return this.#parts.headers;
  }

  get stream(): BodyProducer | null {
    return this.#parts.stream;
  }

  get maxResponseSize(): number {
    return this.#parts.maxResponseSize;
  }

  /** As a carrier sends it. @param source - Writes the body, if that is streamed. */
  outgoing(source: BodySource | null, onConnecting: OutgoingRequest["onConnecting"]): OutgoingRequest {
    const { method, url, headers, body } = this.#parts;
    return {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: Object.fromEntries(headers),
      body: source ?? body,
      onConnecting,
    };
  }

  /** The same, elsewhere; without its body when the method changes: to GET. */
  redirected(url: URL, method: string): ClientRequest {
    const headers = new Map(this.headers);
    const isBodyless = method !== this.method;
    headers.delete("host");
    if (isBodyless) for (const name of OF_BODIES) headers.delete(name);
    if (url.origin !== this.url.origin) for (const name of OF_ORIGINS) headers.delete(name);
    authorize(headers, url);
    return new ClientRequest({
      ...this.#parts,
      url,
      method,
      headers,
      ...(isBodyless ? { body: null, stream: null } : {}),
    });
  }

  /** The same, with one header more. */
  withHeader(name: string, value: string): ClientRequest {
    return new ClientRequest({ ...this.#parts, headers: new Map(this.headers).set(name, value) });
  }
}
