import { fileURLToPath } from "node:url";
import type { Implementation, LoadOptions, Peer, Tools } from "../peer.ts";
import { Companion } from "./companion.ts";
import type { Demand, Protocol } from "./demand.ts";
import { CONNECTIONS } from "./workloads.ts";

type OtherEnd = Companion<Demand, number>;

/** Runs a server, calls `body` with its port, and closes it. */
type Serving = (body: (port: number) => Promise<number>) => Promise<number>;

/** What a peer of this benchmark offers: three servers, and two clients. */
export interface IoPeer {
  readonly version: string;
  /** `GET /items/17`, and `POST /items` with `{"id":17}`, are answered with item 17. */
  readonly http: Serving;
  /** Sends back each message. */
  readonly websocket: Serving;
  /** Sends back all that comes. */
  readonly stream: Serving;
  /** Asks the server at a port for items 0 to `count - 1`; the sum of the numbers in its answers. */
  get(port: number, count: number): Promise<number>;
  /** Asks a database for the numbers 0 to `count - 1`; their sum. */
  query(url: string, count: number): Promise<number>;
}

/** Its workloads. @param postgres - Where a PostgreSQL is; or why there is none. */
export function workloadsOf(peer: IoPeer, postgres: NonNullable<LoadOptions["postgres"]>): Peer {
  const other: OtherEnd = new Companion(fileURLToPath(new URL("other-end.js", import.meta.url)));
  const driven =
    (serving: Serving, protocol: Protocol): Implementation =>
    (count) =>
      serving((port) => other.ask({ do: "drive", protocol, port, count, connections: CONNECTIONS }));
  const idle =
    (serving: Serving, protocol: Protocol): Implementation =>
    (count, tools) =>
      serving((port) => hold(other, { protocol, port, count }, tools));
  let port = 0;
  return {
    version: peer.version,
    workloads: {
      "http-get": driven(peer.http, "get"),
      "http-post": driven(peer.http, "post"),
      "http-client": async (count) => {
        port ||= await other.ask({ do: "serve" });
        return await peer.get(port, count);
      },
      websocket: driven(peer.websocket, "websocket"),
      stream: driven(peer.stream, "stream"),
      ...(postgres.missing === undefined ? { queries: (count) => peer.query(postgres.url, count) } : {}),
      "idle-http": idle(peer.http, "get"),
      "idle-websocket": idle(peer.websocket, "websocket"),
      "idle-stream": idle(peer.stream, "stream"),
    },
    cannot: postgres.missing === undefined ? {} : { queries: postgres.missing },
  };
}

async function hold(
  other: OtherEnd,
  connections: { readonly protocol: Protocol; readonly port: number; readonly count: number },
  { noteHeap }: Tools,
): Promise<number> {
  noteHeap();
  const open = await other.ask({ do: "hold", ...connections });
  noteHeap();
  await other.ask({ do: "release" });
  return open;
}
