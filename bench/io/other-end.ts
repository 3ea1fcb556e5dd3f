// The process at the other end of a peer's connections. It is written with callbacks, and takes no more time than it must:
// what is measured is the peer.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answerDemands } from "./companion.ts";
import type { Demand, Protocol } from "./demand.ts";
import { idIn, itemOf } from "./item.ts";
import { Wire } from "./wire.ts";

// How many connections are opened at a time: fewer than a server's backlog.
const OPENING = 50;

const held: Wire[] = [];

/** Each connection asks for the next item as soon as it has the one before. */
function drive(protocol: Protocol, port: number, count: number, connections: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const wires = Array.from({ length: Math.min(connections, count) }, () => new Wire(protocol, port));
    let [asked, answered, sum] = [0, 0, 0];
    const end = (settle: () => void): void => {
      for (const wire of wires) wire.part();
      settle();
    };
    const next = (wire: Wire): void => {
      if (asked === count) return;
      asked += 1;
      wire.ask(asked - 1, (id) => {
        sum += id;
        answered += 1;
        if (answered === count) end(() => resolve(sum));
        else next(wire);
      });
    };
    for (const wire of wires) {
      wire.open(
        () => next(wire),
        (error) => end(() => reject(error)),
      );
    }
  });
}

async function hold(protocol: Protocol, port: number, count: number): Promise<number> {
  while (held.length < count) {
    const more = Array.from({ length: Math.min(OPENING, count - held.length) }, () => new Wire(protocol, port));
    held.push(...more);
    await Promise.all(more.map(useOnce));
  }
  return held.length;
}

function useOnce(wire: Wire): Promise<number> {
  return new Promise((resolve, reject) => {
    wire.open(() => wire.ask(1, resolve), reject);
  });
}

function release(): number {
  const wires = held.splice(0);
  for (const wire of wires) wire.part();
  return wires.length;
}

function serve(): Promise<number> {
  const server = createServer((request, response) => {
    const body = JSON.stringify(itemOf(idIn(request.url!)));
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
    response.end(body);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

async function meet(demand: Demand): Promise<number> {
  switch (demand.do) {
    case "drive":
      return await drive(demand.protocol, demand.port, demand.count, demand.connections);
    case "hold":
      return await hold(demand.protocol, demand.port, demand.count);
    case "release":
      return release();
    case "serve":
      return await serve();
  }
}

await answerDemands(meet);
