import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, type Page, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Coroutine, fromPromise, gather } from "../../src/index.ts";
import type { Connection, WebSocketOptions } from "../../src/io/websocket.ts";
import { LAUNCH_ARGUMENTS, chromiumPath, withoutBrowser } from "../browser/chromium.ts";
import { runClean } from "./run-io.ts";
import { thrownBy } from "./thrown-by.ts";
import { echo, serving } from "./websocket-peers.ts";

// In the page: sends what it is given, and tells what came back, and how the connection was closed. Bytes are told by
// their length and sum.
const pageProgram = `async ({ url, protocols, messages, code, reason }) => {
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  const told = [];
  const tell = (data) => {
    if (typeof data === "string") return told.push(data.length > 100 ? data.length + " characters" : data);
    const bytes = new Uint8Array(data);
    return told.push(bytes.length + " bytes, " + bytes.reduce((sum, byte) => sum + byte, 0));
  };
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
  socket.addEventListener("message", ({ data }) => {
    if (tell(data) === messages.length && code !== undefined) socket.close(code, reason);
  });
  socket.addEventListener("open", () => {
    for (const message of messages) {
      socket.send(typeof message === "string" ? message : new Uint8Array(message.size).fill(message.byte));
    }
    if (messages.length === 0 && code !== undefined) socket.close(code, reason);
  });
  const { code: closeCode, reason: closeReason, wasClean } = await closed;
  return { told, protocol: socket.protocol, closed: [closeCode, closeReason, wasClean] };
}`;

interface Visit {
  readonly url: string;
  readonly protocols?: readonly string[];
  readonly messages?: readonly (string | { readonly size: number; readonly byte: number })[];
  readonly code?: number;
  readonly reason?: string;
}

interface Told {
  readonly told: readonly string[];
  readonly protocol: string;
  readonly closed: readonly [code: number, reason: string, wasClean: boolean];
}

const skipped = withoutBrowser === undefined ? "" : ` (skipped: ${withoutBrowser})`;

describe.skipIf(withoutBrowser !== undefined)(`a browser's WebSocket${skipped}`, () => {
  let site: Server;
  let browser: Browser;
  let page: Page;
  let origin: string;

  beforeAll(async () => {
    site = createServer((_request, response) => {
      response.setHeader("content-type", "text/html");
      response.end("<!doctype html><title>page</title>");
    });
    await new Promise<void>((done) => void site.listen(0, "127.0.0.1", done));
    origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath: chromiumPath ?? "no Chromium was found; ESCAPEMENT_CHROMIUM names one",
      args: LAUNCH_ARGUMENTS,
    });
    page = await browser.newPage();
    await page.goto(origin);
    // It has what it came for. The sockets that are counted from now on are those of the tests.
    site.close();
    site.closeAllConnections();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
  });

  function* visit({ messages = [], ...rest }: Visit): Coroutine<Told> {
    return yield* fromPromise(page.evaluate<Told>(`(${pageProgram})(${JSON.stringify({ messages, ...rest })})`));
  }

  /** What a page tells that visits a server of ours. */
  const visited = (
    handler: (connection: Connection) => Coroutine<void>,
    how: Omit<Visit, "url">,
    options?: WebSocketOptions,
  ): Promise<Told> => runClean(() => serving(handler, (url) => visit({ url, ...how }), options));

  it("is sent back text and bytes, small and large", async () => {
    const messages = ["tick", "ünï€ 🕰", "", "x".repeat(900_000), { size: 1_000_000, byte: 7 }, { size: 0, byte: 0 }];
    const { told, closed } = await visited(echo, { messages, code: 1000, reason: "done" });
    expect(told).toEqual(["tick", "ünï€ 🕰", "", "900000 characters", "1000000 bytes, 7000000", "0 bytes, 0"]);
    expect(closed).toEqual([1000, "done", true]);
  });

  it("compresses what it sends, where the server would", async () => {
    const messages = ["x".repeat(900_000), { size: 100_000, byte: 1 }];
    let agreed: unknown;
    function* handler(connection: Connection): Coroutine<void> {
      agreed = connection.headers["sec-websocket-extensions"];
      yield* echo(connection);
    }
    const { told } = await visited(handler, { messages, code: 1000 }, { compression: "deflate" });
    expect(agreed).toMatch(/permessage-deflate/);
    expect(told).toEqual(["900000 characters", "100000 bytes, 100000"]);
  });

  it.each([
    [1000, "normal", "ConnectionClosedOK"],
    [4001, "of its own", "ConnectionClosedError"],
  ])("closes with %i, and the program hears it", async (code, reason, name) => {
    const heard: any[] = [];
    function* handler(connection: Connection): Coroutine<void> {
      heard.push(yield* thrownBy(connection.recv()));
    }
    const { closed } = await visited(handler, { code, reason });
    expect(closed).toEqual([code, reason, true]);
    expect(heard.map((error) => [error.name, error.code, error.reason])).toEqual([[name, code, reason]]);
  });

  it("hears how the program closes: as it says, at its handler's end, for an error, for a message that is too long", async () => {
    const closings = await runClean(function* () {
      const handlers: ((connection: Connection) => Coroutine<void>)[] = [
        (connection) => connection.close(4242, "ünï"),
        function* () {},
        (connection) => connection.close(1011, "broken"),
        function* (connection) {
          yield* thrownBy(connection.recv());
        },
      ];
      return yield* gather(
        handlers.map((handler, i) =>
          serving(
            handler,
            function* (url) {
              // Only where nothing else closes it: whichever came first would be told.
              return (yield* visit({ url, messages: i === 3 ? ["x".repeat(101)] : [] })).closed;
            },
            { maxSize: 100 },
          ),
        ),
      );
    });
    expect(closings).toEqual([
      [4242, "ünï", true],
      [1000, "", true],
      [1011, "broken", true],
      [1009, "", expect.any(Boolean)],
    ]);
  });

  it("hears 1001 when the server closes", async () => {
    const { closed } = await runClean(() =>
      serving(
        (connection) => connection.waitClosed(),
        function* (url, server) {
          const waiting = gather([
            visit({ url }),
            (function* () {
              while (server.connections.size === 0) yield;
              yield* server.close(1001, "going");
            })(),
          ]);
          const [told] = yield* waiting;
          return told;
        },
      ),
    );
    expect(closed).toEqual([1001, "going", true]);
  });

  it("agrees on a subprotocol, and is of an origin that may be asked for", async () => {
    const how = { protocols: ["a", "b"], code: 1000 };
    const welcome = await visited(echo, how, { subprotocols: ["b"], origins: [origin] });
    expect([welcome.protocol, welcome.closed[0]]).toEqual(["b", 1000]);
    const refused = await visited(echo, how, { subprotocols: ["b"], origins: ["http://elsewhere"] });
    expect(refused.closed).toEqual([1006, "", false]);
  });

  it("answers pings", async () => {
    const { closed } = await visited(function* (connection) {
      expect(yield* connection.ping()).toBeGreaterThan(0);
      yield* connection.close(4000, "answered");
    }, {});
    expect(closed).toEqual([4000, "answered", true]);
  });

  it("gets as much as it can take, and all of it", async () => {
    const { told } = await visited(
      function* (connection) {
        for (let i = 0; i < 100; i += 1) yield* connection.send(new Uint8Array(100_000).fill(1));
        yield* connection.close();
      },
      { messages: [] },
    );
    expect(told).toEqual(Array.from({ length: 100 }, () => "100000 bytes, 100000"));
  });
});
