import { loadPeer } from "./peer-package.ts";

// What is used of `pg` and `pg-cursor`, by callbacks only. Of their promises one is left: pg-protocol makes one when a
// connection begins to parse, which nobody waits for (and a password, when the server asks for one, costs some more).

/** @internal What `pg` calls a connection: the wire. */
export interface PgWire {
  readonly stream: { readonly destroyed: boolean; destroy(): void; cork(): void; uncork(): void };
  readonly parsedStatements: Record<string, string>;
  connect(port: number | string, host?: string): void;
  on(event: string, listener: (message: never) => void): void;
  requestSsl(): void;
  cancel(processID: number | null, secretKey: number | null): void;
  parse(message: { text: string; name?: string }): void;
  bind(message: { statement?: string; values?: readonly unknown[] }): void;
  describe(message: { type: "S" | "P"; name: string }): void;
  execute(message: { portal?: string }): void;
  flush(): void;
  sync(): void;
  sendCopyFail(message: string): void;
}

/** @internal */
export interface PgClient {
  readonly connection: PgWire;
  readonly host: string;
  readonly port: number;
  readonly database: string | undefined;
  readonly ssl: unknown;
  readonly sslNegotiation: string;
  readonly processID: number | null;
  readonly secretKey: number | null;
  connect(callback: (error: unknown) => void): void;
  query(submittable: Submittable): void;
  end(callback: () => void): void;
  on(event: "notification", listener: (message: { channel: string; payload?: string }) => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
  on(event: "drain" | "end", listener: () => void): void;
  getTransactionStatus(): "I" | "T" | "E" | null;
}

/** @internal What a client takes as a query: it writes to the wire, and is told the messages of the answer. */
export interface Submittable {
  submit(wire: PgWire): Error | null | void;
}

/** @internal */
export interface PgResult {
  readonly rows: unknown[];
}

/** @internal */
export interface PgQuery extends Submittable {
  handleCommandComplete(message: { text: string }, wire: PgWire): void;
}

/** @internal */
export interface PgQueryConfig {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly name?: string;
  readonly rowMode?: "array";
  readonly queryMode?: "extended";
}

/** @internal An error as the server sent it. */
export interface PgServerError extends Error {
  readonly severity: string;
  readonly code: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: string;
  readonly where?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly dataType?: string;
  readonly constraint?: string;
}

interface Pg {
  readonly Client: new (config: object) => PgClient;
  readonly Connection: new (config: object) => PgWire;
  readonly Query: new (
    config: PgQueryConfig,
    values: undefined,
    callback: (error: unknown, result: PgResult | PgResult[]) => void,
  ) => PgQuery;
  readonly DatabaseError: abstract new (...args: never) => PgServerError;
  readonly utils: { prepareValue(value: unknown): unknown };
  escapeIdentifier(name: string): string;
}

/** @internal */
export interface PgCursor extends Submittable {
  read(count: number, callback: (error: unknown, rows: unknown[]) => void): void;
  close(callback: () => void): void;
}

type PgCursorClass = new (text: string, values: readonly unknown[]) => PgCursor;

const ENTRY = "escapement/postgres";

/** @internal @throws {MissingPackageError} */
export function loadPg(): Pg {
  return loadPeer(ENTRY, "pg") as Pg;
}

/** @internal @throws {MissingPackageError} */
export function loadCursor(): PgCursorClass {
  return loadPeer(ENTRY, "pg-cursor") as PgCursorClass;
}
