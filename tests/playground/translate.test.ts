import { describe, expect, it } from "vitest";
import { translate } from "../../docs/playground/translate.ts";

/** The code without its frame, line by line. */
function linesOf(program: string): string[] {
  const [first, ...rest] = translate(program).code.split("\n");
  return [first!.replace('"use strict";', ""), ...rest].map((line) => line.replaceAll(/ +/g, " ").trim());
}

describe("translate", () => {
  it("takes types away, and leaves lines and columns", () => {
    const program = [
      "interface Pair { a: number }",
      "type T = string;",
      "let found!: number;",
      "function over(a: string): void;",
      "function over<T extends object>(a: T, ...rest: number[]) { return a as unknown as Map<string, T>; }",
      "abstract class Q<T> extends R<T> implements P, S<T> {",
      "  private readonly x?: number = 1; declare y: string; z!: T;",
      "  get<U>(this: Q<U>, a?: number): U { return a! satisfies U; }",
      "}",
      "const ask = (a: number): number => a ? (a) : 0;",
    ];
    const { code } = translate(program.join("\n"));
    expect(linesOf(program.join("\n"))).toEqual([
      "",
      "",
      "let found ;",
      "",
      "function over (a , ...rest ) { return a ; }",
      "class Q extends R {",
      "x = 1; z ;",
      "get ( a ) { return a ; }",
      "}",
      "const ask = (a ) => a ? (a) : 0;",
      "",
    ]);
    expect(code.split("\n")[9]!.indexOf("=>")).toBe(program[9]!.indexOf("=>"));
  });

  it("makes calls of imports, and leaves types out of them", () => {
    expect(
      linesOf(
        'import { type Coroutine, sleep as nap,\n  gather } from "escapement";\nimport type { A } from "x";\nimport * as all from "escapement";',
      ),
    ).toEqual([
      'const { sleep: nap, gather: gather } = __import("escapement", ["sleep", "gather"]);',
      "",
      "",
      'const all = __import("escapement", ["*"]);',
      "",
    ]);
  });

  it("finds main by the default export, whatever it is", () => {
    expect(linesOf("export default function* main() {}\nexport const k = 1;\nexport { k as l };")).toEqual([
      "function* main() { const __depth = __enter();}",
      "const k = 1;",
      "",
      "__exports.default = main;",
    ]);
    expect(linesOf("export default function* () {}")[0]).toBe(
      "__exports.default = function* () { const __depth = __enter();}",
    );
    expect(linesOf("export default main;")[0]).toBe("__exports.default = main;");
  });

  it("says before each wait where it is", () => {
    const { places } = translate("function* a() {\n  yield;\n  yield* b();\n}\nconst o = { *m() { yield* c(); } };");
    expect(places.map(({ name, line, column }) => `${name} ${line}:${column}`)).toEqual(["a 2:3", "a 3:3", "m 5:20"]);
  });

  it.each([
    ["x = yield* f() as number;", "x = yield* <0 f() >;"],
    ["yield* f!(yield* g(), yield);", "yield* <0 f (yield* <1 g()>, yield <2>)>;"],
    ["yield yield;", "yield <0 yield <1>>;"],
    ["yield* a ? b : c;", "yield* <0 a ? b : c>;"],
    ["yield* a.b!.c(), d();", "yield* <0 a.b .c()>, d();"],
    ["const [a, b]: [number, number] = [yield* f(), yield];", "const [a, b] = [yield* <0 f()>, yield <1>];"],
  ])("keeps what is waited for together: %s", (program, code) => {
    // <0 x>, for short.
    const expected = code
      .replaceAll(/(yield\*?) <(\d)>/g, "__done(__depth, $1 __at($2, __depth))")
      .replaceAll(/(yield\*?) <(\d)/g, "__done(__depth, $1 __at($2, __depth,")
      .replaceAll(">", "))");
    expect(linesOf(`function* main() { ${program} }`)[0]).toBe(
      `function* main() { const __depth = __enter(); ${expected} }`,
    );
  });

  it("names the line where it stopped understanding", () => {
    expect([translate("const a = 1;\nconst = 2;").suspect, translate("const a = 1;").suspect]).toEqual([2, null]);
  });
});
