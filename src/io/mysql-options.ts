import type { ConnectionOptions } from "node:tls";
import { ValueError } from "../loop/errors.ts";
import { checkMilliseconds } from "../loop/milliseconds.ts";

/** Where the server is, and how a connection behaves. */
export interface ConnectOptions {
  /** `mysql://user:password@host:port/database`, in place of the five below. */
  url?: string;
  /** Default `localhost`. */
  host?: string;
  /** Default 3306. */
  port?: number;
  user?: string;
  password?: string;
  database?: string;
  /** A Unix socket, in place of host and port. */
  socketPath?: string;
  /** TLS: options of `node:tls`. */
  ssl?: ConnectionOptions;
  /** Default `utf8mb4_unicode_ci`. */
  charset?: string;
  /** Milliseconds to connect in; null for any. Default 60 000. */
  connectTimeout?: number | null;
  /** Milliseconds that a statement may take, unless its call says otherwise; null, the default, for any. */
  commandTimeout?: number | null;
  /** Milliseconds that the server has to stop what was cancelled; then the connection is closed. Default 5000. */
  cancelTimeout?: number;
  /** Further options of `mysql2`'s createConnection: `timezone`, `dateStrings`, `typeCast` … */
  client?: object;
}

/** As ConnectOptions, and how many connections there are. */
export interface PoolOptions extends ConnectOptions {
  /** Connections that are made at once. Default 1. */
  minSize?: number;
  /** The most there are at a time. Default 10. */
  maxSize?: number;
  /** Milliseconds to wait for a connection; null, the default, for ever. */
  acquireTimeout?: number | null;
  /** Milliseconds after which a connection that nobody has used is closed; 0 for never. Default 300 000. */
  maxInactiveLifetime?: number;
}

/** @internal With the defaults filled in. */
export interface Settings extends PoolOptions {
  readonly connectTimeout: number | null;
  readonly commandTimeout: number | null;
  readonly cancelTimeout: number;
}

/** @internal @throws {TypeError} When it is neither a URL nor options. */
export function readOptions(who: string, given: string | object): Settings {
  const options: PoolOptions = typeof given === "string" ? { url: given } : given;
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${who}: a URL or options are expected, not ${options === null ? "null" : typeof options}.`);
  }
  const settings = { connectTimeout: 60_000, commandTimeout: null, cancelTimeout: 5000, ...options };
  for (const name of ["connectTimeout", "commandTimeout", "cancelTimeout"] as const) {
    if (settings[name] !== null) checkMilliseconds(who, name, settings[name]);
  }
  return settings;
}

/** @internal As `mysql2` spells them. Objects among the parameters are text, not `key = value`; its own timer is off: ours runs. */
export function clientConfig({ url, client, ...options }: Settings): object {
  const { host, port, user, password, database, socketPath, ssl, charset } = options;
  const given = { uri: url, host, port, user, password, database, socketPath, ssl, charset };
  const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { stringifyObjects: true, ...client, ...defined, connectTimeout: 0 };
}

/** @internal As `127.0.0.1:3306/test`: where such settings lead. @throws {ValueError} When the URL is none. */
export function describeTarget(who: string, { url, ...options }: Settings): string {
  const { hostname, port: urlPort, pathname } = parse(who, url);
  const { host = hostname || "localhost", port = Number(urlPort) || 3306, socketPath } = options;
  const { database = decodeURIComponent(pathname.slice(1)) } = options;
  return `${socketPath ?? `${host}:${port}`}/${database}`;
}

function parse(who: string, url: string | undefined): { hostname: string; port: string; pathname: string } {
  if (url === undefined) return { hostname: "", port: "", pathname: "" };
  // The URL itself is not shown: the password is in it.
  if (!URL.canParse(url))
    throw new ValueError(`${who}: the URL is not understood. It is mysql://user@host:port/database.`);
  return new URL(url);
}
