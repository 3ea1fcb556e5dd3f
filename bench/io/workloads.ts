import type { Workload } from "../workloads.ts";
import { sumOfIds } from "./item.ts";

/** Connections on which requests are under way at a time; and of a pool of a database's. */
export const CONNECTIONS = 64;
export const DATABASE_CONNECTIONS = 10;

/** The most that escapement may take of what bare callbacks take. */
const TARGET = { 20: 1.1, 24: 1.1 } as const;

type Load = Pick<Workload, "id" | "name" | "title" | "operation" | "size">;

function load(given: Load): Workload {
  return { ...given, implementation: given.name, depth: 1, unit: "ns", checksum: sumOfIds, target: TARGET };
}

function idle(id: string, kind: string, what: string): Workload {
  return {
    id,
    name: `idle-${kind}`,
    title: `${what} that have been used once, and wait`,
    operation: "a connection",
    implementation: `idle-${kind}`,
    depth: 1,
    size: 10_000,
    unit: "B",
    checksum: (size) => size,
    target: null,
  };
}

/** The table of input and output. */
export const IO_WORKLOADS: readonly Workload[] = [
  load({
    id: "I1",
    name: "http-get",
    title: `an HTTP server answers GET with JSON, over ${CONNECTIONS} connections`,
    operation: "a request",
    size: 20_000,
  }),
  load({
    id: "I2",
    name: "http-post",
    title: `an HTTP server reads JSON and answers with JSON, over ${CONNECTIONS} connections`,
    operation: "a request",
    size: 20_000,
  }),
  load({
    id: "I3",
    name: "http-client",
    title: `an HTTP client gets JSON, over ${CONNECTIONS} connections`,
    operation: "a request",
    size: 20_000,
  }),
  load({
    id: "I4",
    name: "websocket",
    title: `a WebSocket server sends back each message, to ${CONNECTIONS} clients`,
    operation: "a message",
    size: 50_000,
  }),
  load({
    id: "I5",
    name: "stream",
    title: `a TCP server sends back what comes, to ${CONNECTIONS} clients`,
    operation: "a message",
    size: 50_000,
  }),
  load({
    id: "I6",
    name: "queries",
    title: `a pool of ${DATABASE_CONNECTIONS} connections asks PostgreSQL with one parameter`,
    operation: "a query",
    size: 10_000,
  }),
  idle("I7", "http", "HTTP connections"),
  idle("I8", "websocket", "WebSocket connections"),
  idle("I9", "stream", "TCP connections"),
];
