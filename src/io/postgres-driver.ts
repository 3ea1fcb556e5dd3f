import { loadPeer } from "./peer-package.ts";

// What is used of `pg`, `pg-cursor` and `pg-copy-streams`, by callbacks and events only. Of their promises one is left: pg-protocol makes one when a
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

type PgQueryCallback = (error: unknown, result: PgResult | PgResult[]) => void;

interface Pg {
  readonly Client: new (config: object) => PgClient;
  readonly Connection: new (config: object) => PgWire;
  readonly Query: new (config: PgQueryConfig, values: undefined, callback: PgQueryCallback) => PgQuery;
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

/** @internal A statement `COPY … FROM STDIN`: what is written to it goes into the server. */
export interface CopyInStream extends Submittable {
  readonly rowCount: number;
  write(bytes: Uint8Array): boolean;
  end(): void;
  destroy(error?: Error): void;
  on(event: "drain" | "finish", listener: () => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
}

/** @internal A statement `COPY … TO STDOUT`: what is read from it comes from the server, and no faster. */
export interface CopyOutStream extends Submittable {
  readonly rowCount: number;
  read(): Uint8Array | null;
  resume(): void;
  on(event: "readable" | "end", listener: () => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
  removeAllListeners(event: "readable"): void;
}

interface CopyStreams {
  from(sql: string): CopyInStream;
  to(sql: string): CopyOutStream;
}

const ENTRY = "escapement/postgres";

/** @internal @throws {MissingPackageError} */
export function loadPg(): Pg {
  return loadPeer(ENTRY, "pg") as Pg;
}

/** @internal @throws {MissingPackageError} */
export function loadCursor(): PgCursorClass {
  return loadPeer(ENTRY, "pg-cursor") as PgCursorClass;
}

/** @internal @throws {MissingPackageError} */
export function loadCopyStreams(): CopyStreams {
  return loadPeer(ENTRY, "pg-copy-streams") as CopyStreams;
}

/** @internal A query that keeps the server's word for what it did, as in `INSERT 0 1`; of several, for the last. */
export interface TaggedQuery extends Submittable {
  readonly tag: string;
}

type TaggedQueryClass = new (config: PgQueryConfig, values: undefined, callback: PgQueryCallback) => TaggedQuery;

let TaggedQueryOfPg: TaggedQueryClass | null = null;

/** @internal @throws {MissingPackageError} */
export function makeQuery(config: PgQueryConfig, callback: PgQueryCallback): TaggedQuery {
  TaggedQueryOfPg ??= class extends loadPg().Query {
    tag = "";

    override handleCommandComplete(message: { text: string }, wire: PgWire): void {
      this.tag = message.text;
      super.handleCommandComplete(message, wire);
    }
  };
  return new TaggedQueryOfPg(config, undefined, callback);
}
