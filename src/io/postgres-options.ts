import type { ConnectionOptions } from "node:tls";
import { checkMilliseconds } from "../loop/milliseconds.ts";

/** Where the server is, and how a connection behaves. What is not given comes from `PGHOST`, `PGUSER` …, as everywhere. */
export interface ConnectOptions {
  /** `postgres://user:password@host:port/database`, in place of the five below. */
  url?: string;
  host?: string;
  /** Default 5432. */
  port?: number;
  user?: string;
  password?: string;
  /** Default: the user's name. */
  database?: string;
  /** TLS: true, or options of `node:tls`. */
  ssl?: boolean | ConnectionOptions;
  /** How the server's own lists name this client. */
  applicationName?: string;
  /** Milliseconds to connect in; null for any. Default 60 000. */
  connectTimeout?: number | null;
  /** Milliseconds that a statement may take, unless its call says otherwise; null, the default, for any. */
  commandTimeout?: number | null;
  /** Milliseconds that the server has to stop what was cancelled; then the connection is closed. Default 5000. */
  cancelTimeout?: number;
  /** Further options of `pg`'s Client: `types`, `statement_timeout`, `keepAlive` … */
  client?: object;
}

/** As ConnectOptions, and how many connections there are. */
export interface PoolOptions extends ConnectOptions {
  /** Connections that are made at once. Default 10, or `maxSize` where that is less. */
  minSize?: number;
  /** The most there are at a time. Default 10. */
  maxSize?: number;
  /** Milliseconds to wait for a connection; null, the default, for ever. */
  acquireTimeout?: number | null;
  /** Milliseconds after which a connection that nobody has used is closed; 0 for never. Default 300 000. */
  maxInactiveLifetime?: number;
  /** Run on a connection that comes back from `acquire()`; null for nothing. Default: ends locks, cursors, listeners and settings. */
  reset?: string | null;
}

/** @internal As asyncpg resets a connection. */
export const RESET = "SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL";

/** @internal With the defaults filled in. */
export interface Settings extends PoolOptions {
  readonly connectTimeout: number | null;
  readonly commandTimeout: number | null;
  readonly cancelTimeout: number;
  readonly reset: string | null;
}

/** @internal @throws {TypeError} When it is neither a URL nor options. */
export function readOptions(who: string, given: string | object): Settings {
  const options: PoolOptions = typeof given === "string" ? { url: given } : given;
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${who}: a URL or options are expected, not ${options === null ? "null" : typeof options}.`);
  }
  const settings = { connectTimeout: 60_000, commandTimeout: null, cancelTimeout: 5000, reset: RESET, ...options };
  for (const name of ["connectTimeout", "commandTimeout", "cancelTimeout"] as const) {
    if (settings[name] !== null) checkMilliseconds(who, name, settings[name]);
  }
  return settings;
}

/** @internal As `pg` spells them. */
export function clientConfig({ url, applicationName, client, ...options }: Settings): object {
  const { host, port, user, password, database, ssl } = options;
  const given = { host, port, user, password, database, ssl, application_name: applicationName, connectionString: url };
  return { ...client, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}
