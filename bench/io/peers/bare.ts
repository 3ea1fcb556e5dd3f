// Callbacks, on the packages that escapement itself stands on.
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { createServer as createStreamServer } from "node:net";
import pg from "pg";
import { type Dispatcher, Pool } from "undici";
import { WebSocketServer } from "ws";
import type { LoadOptions, Peer } from "../../peer.ts";
import { CLIENT_HEADERS, type Item, idIn, itemOf } from "../item.ts";
import { type IoPeer, workloadsOf } from "../peer.ts";
import { serving } from "../serving.ts";
import { CONNECTIONS, DATABASE_CONNECTIONS } from "../workloads.ts";

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === "GET") {
    send(response, idIn(request.url!));
    return;
  }
  let text = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => (text += chunk));
  request.on("end", () => send(response, (JSON.parse(text) as Item).id));
}

function send(response: ServerResponse, id: number): void {
  const body = JSON.stringify(itemOf(id));
  const length = Buffer.byteLength(body);
  response.writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": length });
  response.end(body);
}

const bare: Omit<IoPeer, "version"> = {
  http(body) {
    const server = createServer(answer);
    return serving(server, (listening) => server.listen(0, "127.0.0.1", listening), body);
  },

  websocket(body) {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    server.on("connection", (socket) => {
      socket.on("message", (data) => socket.send(data.toString()));
    });
    return serving(server, (listening) => server.on("listening", listening), body);
  },

  stream(body) {
    const server = createStreamServer({ noDelay: true }, (socket) => {
      socket.on("data", (data) => {
        if (!socket.write(data)) socket.pause();
      });
      socket.on("drain", () => socket.resume());
      socket.on("error", () => {});
    });
    return serving(server, (listening) => server.listen(0, "127.0.0.1", listening), body);
  },

  get(port, count) {
    const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS });
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => pool.destroy(null, settle);
      let [asked, answered, sum] = [0, 0, 0];
      const next = (): void => {
        if (asked === count) return;
        asked += 1;
        pool.dispatch({ path: `/items/${asked - 1}`, method: "GET", headers: CLIENT_HEADERS }, handler());
      };
      const handler = (): Dispatcher.DispatchHandler => {
        const chunks: Buffer[] = [];
        return {
          onRequestStart() {},
          onResponseStart() {},
          onResponseData: (_controller, chunk) => void chunks.push(chunk),
          onResponseEnd() {
            sum += (JSON.parse(Buffer.concat(chunks).toString()) as Item).id;
            answered += 1;
            if (answered === count) end(() => resolve(sum));
            else next();
          },
          onResponseError: (_controller, error) => end(() => reject(error)),
        };
      };
      for (let i = 0; i < Math.min(CONNECTIONS, count); i += 1) next();
    });
  },

  query(url, count) {
    const pool = new pg.Pool({ connectionString: url, max: DATABASE_CONNECTIONS });
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => pool.end(settle);
      let [asked, answered, sum] = [0, 0, 0];
      const next = (): void => {
        if (asked === count) return;
        asked += 1;
        pool.query<Item>("select $1::int as id", [asked - 1], (error, result) => {
          if (error) {
            end(() => reject(error));
            return;
          }
          sum += result.rows[0]!.id;
          answered += 1;
          if (answered === count) end(() => resolve(sum));
          else next();
        });
      };
      for (let i = 0; i < Math.min(DATABASE_CONNECTIONS, count); i += 1) next();
    });
  },
};

/** Node's own, and the packages'. */
export async function load({ postgres }: LoadOptions): Promise<Peer> {
  return workloadsOf({ version: process.versions.node, ...bare }, postgres!);
}
