// The thread of embedded-postgres.ts. It is JavaScript, which Node runs as it is.
import { parentPort } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

const db = await PGlite.create();
const server = new PGLiteSocketServer({ db, host: "127.0.0.1", port: 0, maxConnections: 8 });
await server.start();
parentPort.postMessage(`postgres://postgres@${server.getServerConn()}/postgres`);
