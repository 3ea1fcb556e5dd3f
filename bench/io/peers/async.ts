// async/await, over the promises and the asynchronous iterators that Node and the packages offer.
import { on, once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { type Socket, createServer as createStreamServer } from "node:net";
import pg from "pg";
import { Pool, request as get } from "undici";
import { type WebSocket, WebSocketServer } from "ws";
import type { LoadOptions, Peer } from "../../peer.ts";
import { CLIENT_HEADERS, type Item, idIn, itemOf } from "../item.ts";
import { type IoPeer, workloadsOf } from "../peer.ts";
import { serving } from "../serving.ts";
import { CONNECTIONS, DATABASE_CONNECTIONS } from "../workloads.ts";

// Bytes: as much as escapement's server reads.
const BODY_LIMIT = 2 ** 20;

async function answerOrFail(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await answer(request, response);
  } catch (error) {
    console.error(error);
    if (response.headersSent) response.destroy();
    else response.writeHead(500).end();
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { id } = request.method === "GET" ? { id: idIn(request.url!) } : await read<Item>(request);
  const body = JSON.stringify(itemOf(id));
  const length = Buffer.byteLength(body);
  response.writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": length });
  response.end(body);
}

async function read<T>(request: IncomingMessage): Promise<T> {
  let text = "";
  request.setEncoding("utf8");
  for await (const chunk of request) {
    text += chunk as string;
    if (text.length > BODY_LIMIT) throw new Error("the body is too large");
  }
  return JSON.parse(text) as T;
}

async function echoMessages(socket: WebSocket): Promise<void> {
  for await (const [data] of on(socket, "message", { close: ["close"] })) socket.send(String(data));
}

async function echoBytes(socket: Socket): Promise<void> {
  for await (const data of socket) {
    if (!socket.write(data as Buffer)) await once(socket, "drain");
  }
}

/** Takes the numbers from 0 to `count - 1`, in so many loops at a time; the sum of what comes. */
async function each(count: number, loops: number, ask: (id: number) => Promise<number>): Promise<number> {
  let [asked, sum] = [0, 0];
  const loop = async (): Promise<void> => {
    while (asked < count) {
      asked += 1;
      const id = await ask(asked - 1);
      sum += id;
    }
  };
  await Promise.all(Array.from({ length: loops }, loop));
  return sum;
}

const native: Omit<IoPeer, "version"> = {
  http(body) {
    const server = createServer((request, response) => void answerOrFail(request, response));
    return serving(server, (listening) => server.listen(0, "127.0.0.1", listening), body);
  },

  websocket(body) {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    server.on("connection", (socket) => void echoMessages(socket));
    return serving(server, (listening) => server.on("listening", listening), body);
  },

  stream(body) {
    const server = createStreamServer({ noDelay: true }, (socket) => void echoBytes(socket).catch(() => {}));
    return serving(server, (listening) => server.listen(0, "127.0.0.1", listening), body);
  },

  async get(port, count) {
    const dispatcher = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS });
    try {
      return await each(count, CONNECTIONS, async (id) => {
        const { body } = await get(`http://127.0.0.1:${port}/items/${id}`, { dispatcher, headers: CLIENT_HEADERS });
        return ((await body.json()) as Item).id;
      });
    } finally {
      await dispatcher.destroy();
    }
  },

  async query(url, count) {
    const pool = new pg.Pool({ connectionString: url, max: DATABASE_CONNECTIONS });
    try {
      return await each(count, DATABASE_CONNECTIONS, async (id) => {
        const { rows } = await pool.query<Item>("select $1::int as id", [id]);
        return rows[0]!.id;
      });
    } finally {
      await pool.end();
    }
  },
};

/** Node's own, and the packages'. */
export async function load({ postgres }: LoadOptions): Promise<Peer> {
  return workloadsOf({ version: process.versions.node, ...native }, postgres!);
}
