import Module from "node:module";
import { expect, it, vi } from "vitest";
import { run } from "../../src/index.ts";
import { ClientSession, MissingPackageError, serve } from "../../src/io/http.ts";
import { thrownBy } from "./thrown-by.ts";

// A file of its own: a package that was loaded once is there for good.

interface Resolver {
  _resolveFilename(name: string, ...rest: unknown[]): string;
}

it("a ClientSession without undici says what to install; a server needs none", async () => {
  const resolver = Module as unknown as Resolver;
  const { _resolveFilename: resolve } = resolver;
  vi.spyOn(resolver, "_resolveFilename").mockImplementation((name, ...rest) => {
    if (name !== "undici") return resolve.call(Module, name, ...rest);
    throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
  });
  const error = await run(function* () {
    const server = yield* serve(function* () {
      return {};
    });
    yield* server.close();
    return yield* thrownBy(
      (function* () {
        void new ClientSession();
      })(),
    );
  });
  expect(error).toBeInstanceOf(MissingPackageError);
  expect(error.packageName).toBe("undici");
  expect(error.message).toBe('escapement/http needs the package "undici", which is not installed: npm install undici');
});
