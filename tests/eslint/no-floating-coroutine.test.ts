import { RuleTester } from "eslint";
import * as core from "escapement";
import type { Awaitable, Coroutine } from "escapement";
import type * as files from "escapement/files";
import type * as http from "escapement/http";
import type * as mysql from "escapement/mysql";
import type * as net from "escapement/net";
import type * as postgres from "escapement/postgres";
import type * as processes from "escapement/process";
import type * as sim from "escapement/sim";
import type * as websocket from "escapement/websocket";
import { escapement } from "escapement/eslint";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type FUNCTIONS, METHODS } from "../../src/eslint/lazy-calls.ts";

RuleTester.describe = describe;
RuleTester.it = it;
const tester = new RuleTester();

/** `code` is reported once, for that call. */
function floating(code: string, call: string) {
  return {
    code,
    errors: [
      {
        message: `\`${call}\` makes a coroutine that nobody waits for: it never runs. Write \`yield* ${call}\`, or createTask(…).`,
      },
    ],
  };
}

function awaited(code: string, call: string) {
  const message = `\`await ${call}\` does not wait: a coroutine is no Promise. In a generator function (function*), write \`yield* ${call}\`.`;
  return { code, errors: [{ message }] };
}

tester.run("no-floating-coroutine", escapement.rules["no-floating-coroutine"], {
  valid: [
    `import { sleep } from "escapement"; function* main() { yield* sleep(1); yield sleep(1); return sleep(1); }`,
    `import { sleep } from "escapement"; const later = sleep(1);`,
    // They go on by themselves.
    `import { createTask, gather } from "escapement"; function* work() {} function* main() { createTask(work()); gather([work()]); }`,
    // Somebody else's.
    `import { sleep } from "elsewhere"; sleep(1);`,
    `import { Lock } from "elsewhere"; const lock = new Lock(); lock.acquire();`,
    `sleep(1);`,
    `function work() {} work();`,
    `const work = () => {}; work();`,
    `import { Lock } from "escapement"; const lock = new Lock(); lock.release(); lock["acquire"]();`,
    // Nobody knows which it is.
    `function* work() {} { let work = 1; var f = work; } f();`,
    `import { sleep } from "escapement"; function main(sleep) { sleep(1); }`,
    `function* work(x) {} xs.map((x) => work(x));`,
    `class Server { serve() {} start() { this.serve(); } }`,
  ],
  invalid: [
    floating(`import { sleep } from "escapement"; function* main() { sleep(100); }`, "sleep(100)"),
    floating(`import { sleep as pause } from "escapement"; pause(1);`, "pause(1)"),
    floating(`import * as asyncio from "escapement"; asyncio.sleep(1);`, "asyncio.sleep(1)"),
    floating(`import { open } from "escapement/files"; open("a");`, `open("a")`),
    floating(`function* work() {} work();`, "work()"),
    floating(`const work = function* () {}; work();`, "work()"),
    floating(`import { coroutine } from "escapement"; const work = coroutine(function* () {}); work();`, "work()"),
    floating(`function* work() {} void work();`, "work()"),
    floating(`function* work() {} ready && work();`, "work()"),
    floating(`function* work() {} ready ? work() : 0;`, "work()"),
    floating(`function* work() {} 0, work();`, "work()"),
    floating(`function* work() {} xs.forEach((x) => work(x));`, "work(x)"),
    floating(
      `import { Lock } from "escapement"; const lock = new Lock(); function* f() { lock.acquire(); }`,
      "lock.acquire()",
    ),
    floating(`class Server { *serve() {} *start() { this.serve(); } }`, "this.serve()"),
    floating(`class Server { *serve() {} start() { [1].map(() => { this.serve(); }); } }`, "this.serve()"),
    floating(`class Server { *serve() {} } const server = new Server(); server.serve();`, "server.serve()"),
    floating(
      `function* work() {} work("a text that is much too long to be shown whole");`,
      `work("a text that is much too long to be…`,
    ),
    awaited(`function* work() {} async function main() { await work(); }`, "work()"),
    awaited(
      `import { sleep } from "escapement"; async function main() { const x = await sleep(1, 2); }`,
      "sleep(1, 2)",
    ),
  ],
});

/** The names in `M` of what gives, called, an awaitable that is neither a Future nor a Task. */
type Lazy<M> = { [K in keyof M]: M[K] extends (...args: any[]) => infer R ? IsLazy<R, K> : never }[keyof M];
type IsLazy<R, K> = 0 extends 1 & R
  ? never
  : [R] extends [Coroutine<any>]
    ? K
    : [R] extends [Awaitable<any>]
      ? Awaitable<any> extends R
        ? K
        : never
      : never;

describe("what the rule knows without types", () => {
  it("is what the types say", () => {
    expectTypeOf<Lazy<typeof core>>().toEqualTypeOf<(typeof FUNCTIONS)["escapement"][number]>();
    expectTypeOf<Lazy<typeof files>>().toEqualTypeOf<(typeof FUNCTIONS)["escapement/files"][number]>();
    expectTypeOf<Lazy<typeof http>>().toEqualTypeOf<(typeof FUNCTIONS)["escapement/http"][number]>();
    expectTypeOf<Lazy<typeof mysql>>().toEqualTypeOf<(typeof FUNCTIONS)["escapement/mysql"][number]>();
    expectTypeOf<Lazy<typeof net>>().toEqualTypeOf<(typeof FUNCTIONS)["escapement/net"][number]>();
    expectTypeOf<Lazy<typeof postgres>>().toEqualTypeOf<(typeof FUNCTIONS)["escapement/postgres"][number]>();
    expectTypeOf<Lazy<typeof processes>>().toEqualTypeOf<(typeof FUNCTIONS)["escapement/process"][number]>();
    expectTypeOf<Lazy<typeof websocket>>().toEqualTypeOf<(typeof FUNCTIONS)["escapement/websocket"][number]>();
    expectTypeOf<Lazy<typeof sim>>().toEqualTypeOf<(typeof FUNCTIONS)["escapement/sim"][number]>();
    type Methods = { [K in keyof typeof METHODS]: Lazy<InstanceType<(typeof core)[K]>> };
    type Known = { [K in keyof typeof METHODS]: (typeof METHODS)[K][number] };
    expectTypeOf<Methods>().toEqualTypeOf<Known>();
    expect(Object.keys(METHODS).every((name) => name in core)).toBe(true);
  });
});

describe("the recommended configuration", () => {
  it("turns the rule on, and require-yield off", () => {
    expect(escapement.configs.recommended.rules).toEqual({
      "escapement/no-floating-coroutine": "error",
      "require-yield": "off",
    });
  });
});
