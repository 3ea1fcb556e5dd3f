import { CookieJar } from "tough-cookie";
import { describe, expect, it } from "vitest";
import { type Coroutine, RuntimeError, ValueError, runSync, sleep } from "../../src/index.ts";
import { ClientSession, type Handler, TooManyRedirectsError } from "../../src/io/http.ts";
import { withServer } from "./http-peers.ts";
import { platforms } from "./platforms.ts";
import { runClean } from "./run-io.ts";
import { bytes } from "./text.ts";
import { thrownBy } from "./thrown-by.ts";

/** Answers with what it was asked. */
const echo: Handler = function* (request) {
  return {
    json: {
      method: request.method,
      path: request.path,
      query: Object.fromEntries(request.query),
      headers: Object.fromEntries(request.headers),
      body: yield* request.text(),
    },
  };
};

interface Echo {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body: string;
}

describe.each(platforms)("$name,", ({ run }) => {
  describe("ClientSession.request", () => {
    it("sends method, URL, parameters, headers and body", () =>
      run(() =>
        withServer(
          echo,
          function* (session) {
            const response = yield* session.post("a/b?one=1", {
              params: { two: 2, three: "ä&b" },
              headers: { "X-Mine": "yes", "X-Both": "request" },
              body: "tick",
            });
            expect(response.status).toBe(200);
            expect(response.ok).toBe(true);
            expect(response.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/a\/b\?one=1&two=2&three=%C3%A4%26b$/);
            const told = yield* response.json<Echo>();
            expect(told).toMatchObject({
              method: "POST",
              path: "/a/b",
              query: { one: "1", two: "2", three: "ä&b" },
              body: "tick",
            });
            expect(told.headers).toMatchObject({
              "x-mine": "yes",
              "x-both": "request",
              "x-session": "too",
              "content-type": "text/plain; charset=utf-8",
              "accept-encoding": "gzip, deflate, br",
            });
          },
          { session: { headers: { "x-both": "session", "x-session": "too" } } },
        ),
      ));

    it("has a method for each of HTTP's", () =>
      run(() =>
        withServer(echo, function* (session) {
          const methods: string[] = [];
          for (const method of ["get", "post", "put", "patch", "delete"] as const) {
            methods.push((yield* (yield* session[method]("/")).json<Echo>()).method);
          }
          expect(methods).toEqual(["GET", "POST", "PUT", "PATCH", "DELETE"]);
          const head = yield* session.head("/");
          expect([head.status, yield* head.text()]).toEqual([200, ""]);
          expect(Number(head.headers.get("content-length"))).toBeGreaterThan(0);
          expect((yield* (yield* session.request("options", "/")).json<Echo>()).method).toBe("OPTIONS");
        }),
      ));

    it("sends JSON, bytes, and what a coroutine writes", () =>
      run(() =>
        withServer(echo, function* (session) {
          const sent = function* (options: object): Coroutine<[string | undefined, string]> {
            const { headers, body } = yield* (yield* session.put("/", options)).json<Echo>();
            return [headers["content-type"], body];
          };
          expect(yield* sent({ json: { a: [1, "ä"] } })).toEqual(["application/json", '{"a":[1,"ä"]}']);
          expect(yield* sent({ body: bytes("ü") })).toEqual(["application/octet-stream", "ü"]);
          expect(
            yield* sent({
              *stream(writer: { write(data: string): Coroutine<void> }): Coroutine<void> {
                for (const piece of ["a", "", "b"]) {
                  yield* sleep(1);
                  yield* writer.write(piece);
                }
              },
            }),
          ).toEqual(["application/octet-stream", "ab"]);
        }),
      ));

    it("sends user and password of a URL as a header, and nowhere else", () =>
      run(() =>
        withServer(echo, function* (session, server) {
          const response = yield* session.get(`http://m%C3%A4x:s%40y@127.0.0.1:${server.port}/`);
          expect(response.url).toBe(`http://127.0.0.1:${server.port}/`);
          const { headers } = yield* response.json<Echo>();
          expect(headers["authorization"]).toBe(`Basic ${Buffer.from("mäx:s@y").toString("base64")}`);
        }),
      ));

    it("refuses what cannot be meant", () =>
      run(() =>
        withServer(echo, function* (session) {
          const refused = function* (method: unknown, options: object): Coroutine<string> {
            const error = yield* thrownBy(session.request(method as string, "/", options));
            return String(error).replace(/127\.0\.0\.1:\d+/, "host");
          };
          expect(yield* refused(1, {})).toBe(
            'TypeError: ClientSession.request: a method is a string, as in "GET", not number.',
          );
          expect(yield* refused("a b", {})).toBe("ValueError: A B http://host/: invalid request method.");
          expect(yield* refused("GET", { headers: { "a b": "c" } })).toBe(
            "ValueError: GET http://host/: invalid header key.",
          );
          expect(yield* refused("POST", { json: 1, body: "1" })).toBe(
            "ValueError: ClientSession.request: a request has one body: json, body or stream.",
          );
          expect(yield* refused("POST", { body: 1 })).toMatch(/^TypeError: ClientSession.request: bytes/);
          expect(yield* refused("GET", { timeout: { total: 0 } })).toMatch(
            /^ValueError: .* timeout.total is more than 0/,
          );
          expect(yield* refused("POST", { stream: () => 1 })).toMatch(/^TypeError: .*coroutine was expected/);
          expect(yield* refused("GET", { timeout: 5 })).toMatch(/^TypeError: .* timeout is an object/);
        }),
      ));
  });

  describe("redirections", () => {
    const redirecting: Handler = function* (request) {
      const { path, method } = request;
      const to = request.query.get("to");
      if (to !== null) return { status: Number(path.slice(1)), headers: { location: to }, body: "this way" };
      if (path === "/loop") return { status: 302, headers: { location: "/loop" } };
      return { json: { method, body: yield* request.text(), auth: request.headers.get("authorization") } };
    };

    it.each([
      [301, "POST", "GET", ""],
      [302, "POST", "GET", ""],
      [302, "PUT", "PUT", "tick"],
      [303, "PUT", "GET", ""],
      [307, "POST", "POST", "tick"],
      [308, "POST", "POST", "tick"],
    ])("with %i turn %s into %s", (status, method, becomes, body) =>
      run(() =>
        withServer(redirecting, function* (session) {
          const response = yield* session.request(method, `/${status}`, { params: { to: "end" }, body: "tick" });
          expect(response.url).toMatch(/\/end$/);
          expect(yield* response.json()).toEqual({ method: becomes, body, auth: null });
        }),
      ),
    );

    it("keep a secret for the server that it is for", () =>
      run(() =>
        withServer(redirecting, function* (session, server) {
          const headers = { authorization: "secret" };
          const auth = function* (to: string): Coroutine<unknown> {
            const response = yield* session.get("/302", { params: { to }, headers });
            return (yield* response.json<{ auth: string | null }>()).auth;
          };
          expect(yield* auth("/end")).toBe("secret");
          expect(yield* auth(`http://localhost:${server.port}/end`)).toBe(null);
        }),
      ));

    it("are followed ten times, or as often as is said", () =>
      run(() =>
        withServer(redirecting, function* (session) {
          const error = yield* thrownBy(session.get("/loop"));
          expect(error).toBeInstanceOf(TooManyRedirectsError);
          expect(error.message).toMatch(/: redirected more than 10 times\.$/);
          const response = yield* session.get("/loop", { maxRedirects: 0 });
          expect([response.status, response.headers.get("location")]).toEqual([302, "/loop"]);
        }),
      ));

    it("to nowhere are an error", () =>
      run(() =>
        withServer(redirecting, function* (session) {
          const error = yield* thrownBy(session.get("/302", { params: { to: "ftp://example.org/" } }));
          expect(error.name).toBe("InvalidUrlError");
          expect(error.message).toMatch(/redirects to ftp:\/\/example\.org\/: a URL of http: or https: was expected/);
        }),
      ));
  });

  describe("cookies", () => {
    const counting: Handler = function* (request) {
      const seen = request.headers.get("cookie") ?? "none";
      if (request.path === "/in")
        return { status: 302, headers: { location: "/" }, setCookies: ["id=7; Path=/", "x=;;"] };
      return { body: seen };
    };

    it("are kept in a jar, if the session has one, redirections included", () =>
      run(() =>
        withServer(
          counting,
          function* (session) {
            expect(yield* (yield* session.get("/")).text()).toBe("none");
            expect(yield* (yield* session.get("/in")).text()).toMatch(/id=7/);
            expect(yield* (yield* session.get("/", { headers: { cookie: "own=1" } })).text()).toBe("own=1");
          },
          { session: { cookieJar: new CookieJar() } },
        ),
      ));

    it("are forgotten without", () =>
      run(() =>
        withServer(counting, function* (session) {
          expect(yield* (yield* session.get("/in")).text()).toBe("none");
        }),
      ));
  });
});

describe("a ClientSession", () => {
  it("needs a host that takes turns, limits that are whole numbers, and a session that is open", async () => {
    expect(() =>
      runSync(function* () {
        void new ClientSession();
      }),
    ).toThrow(RuntimeError);
    await runClean(function* () {
      expect(() => new ClientSession({ limit: -1 })).toThrow(ValueError);
      const session = new ClientSession();
      yield* session.close();
      yield* session.close();
      expect(session.closed).toBe(true);
      expect(String(yield* thrownBy(session.get("http://127.0.0.1/")))).toBe(
        "RuntimeError: ClientSession: the session is closed.",
      );
    });
  });
});
