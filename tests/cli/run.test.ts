import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tsx = createRequire(import.meta.url).resolve("tsx");
const main = join(root, "src/cli/main.ts");

// A folder of its own, outside the project: a program there finds the library only through the command that runs it.
let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "escapement-cli-")));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function escapement(...args: string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, main, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

const lastLine = (text: string): string | undefined => text.trimEnd().split("\n").at(-1);

describe("escapement run", () => {
  const hello = `import { sleep } from "escapement";
    export default function* main() { console.log("hello"); yield* sleep(DELAY); console.log("world"); }`;

  it("runs a program in real time", () => {
    const file = write("hello.ts", hello.replace("DELAY", "20"));
    expect(escapement("run", file)).toEqual({ code: 0, stdout: "hello\nworld\n", stderr: "" });
  });

  it("runs a program in virtual time, a day in an instant", () => {
    const file = write("day.ts", hello.replace("DELAY", "86_400_000"));
    expect(escapement("run", "--virtual", file)).toEqual({ code: 0, stdout: "hello\nworld\n", stderr: "" });
  });

  it("runs what coroutine() marked, and plain JavaScript", () => {
    const file = write(
      "marked.mjs",
      `import { coroutine, sleep } from "escapement";
       export default coroutine(function* () { yield* sleep(1); console.log("marked"); });`,
    );
    expect(escapement("run", file, "--virtual")).toEqual({ code: 0, stdout: "marked\n", stderr: "" });
  });

  it.each(["program.ts", "program.js"])(
    "runs a program whose package does not say that it is made of modules: %s",
    (name) => {
      mkdirSync(join(folder, "plain"), { recursive: true });
      write("plain/package.json", "{}");
      write("plain/helper.ts", `export { sleep } from "escapement";`);
      const from = name.endsWith(".ts") ? "./helper.ts" : "escapement";
      const file = write(`plain/${name}`, hello.replace("DELAY", "1").replace("escapement", from));
      expect(escapement("run", file, "--virtual")).toEqual({ code: 0, stdout: "hello\nworld\n", stderr: "" });
    },
  );
});

describe("escapement run, when the program fails", () => {
  // The types are erased before it runs: only a source map leads back to line 5, column 9.
  const broken = `import { sleep } from "escapement";
interface Erased { a: number; b: string }
function* inner(): Generator<any, void, any> {
  yield* sleep(1);
  throw new RangeError("too far");
}
export default function* main() {
  yield* inner();
}
`;

  it.each([[[]], [["--virtual"]]])("ends with the line that threw, and code 1 %j", (options) => {
    const file = write("broken.ts", broken);
    const { code, stderr } = escapement("run", file, ...options);
    expect(code).toBe(1);
    expect(stderr).toContain("RangeError: too far");
    expect(stderr).toContain(`5 |   throw new RangeError("too far");`);
    expect(lastLine(stderr)).toBe("at broken.ts:5:9");
  });

  it("names the line of the file it called, when that one threw", () => {
    write("helper.ts", `export type Erased = 1;\nexport function fail(): never {\n  throw new Error("helper");\n}\n`);
    const file = write("caller.ts", `import { fail } from "./helper.ts";\nexport default function* main() { fail(); }`);
    const { code, stderr } = escapement("run", file, "--virtual");
    expect([code, lastLine(stderr)]).toEqual([1, "at helper.ts:3:9"]);
  });

  it("names the line that threw while the file was imported", () => {
    const file = write("early.ts", `type Erased = 1;\nthrow new Error("early");\nexport default function* main() {}`);
    const { code, stderr } = escapement("run", file);
    expect([code, lastLine(stderr)]).toEqual([1, "at early.ts:2:7"]);
  });

  it("names the line that does not parse", () => {
    const file = write("syntax.ts", `export default function* main() {\n  const = 1;\n}\n`);
    const { code, stderr } = escapement("run", file);
    expect(code).toBe(1);
    expect(lastLine(stderr)).toMatch(/^at syntax\.ts:2:\d+$/);
  });

  it("tells the causes and the errors of a group", () => {
    const file = write(
      "group.ts",
      `export default function* main() {
  throw new AggregateError([new Error("first"), new Error("second", { cause: new Error("root") })], "both");
}`,
    );
    const { code, stderr } = escapement("run", file, "--virtual");
    expect([code, lastLine(stderr)]).toEqual([1, "at group.ts:2:9"]);
    expect(stderr).toMatch(/both[^]*1\. Error: first[^]*2\. Error: second[^]*Caused by: Error: root/);
  });

  it("names the line that waits when nothing can wake it", () => {
    const file = write(
      "deadlock.ts",
      `import { Lock } from "escapement";
export default function* main() {
  const lock = new Lock();
  yield* lock.acquire();
  yield* lock.acquire();
}`,
    );
    const { code, stderr } = escapement("run", file, "--virtual");
    expect(code).toBe(1);
    expect(stderr).toContain("DeadlockError");
    expect(lastLine(stderr)).toMatch(/^at deadlock\.ts:5:\d+$/);
  });

  it("says what was thrown that is no Error", () => {
    const file = write("thrown.ts", `export default function* main() { throw { a: 1 }; }`);
    const { code, stderr } = escapement("run", file, "--virtual");
    expect(code).toBe(1);
    expect(stderr).toContain("Thrown, and not an Error: { a: 1 }");
    expect(lastLine(stderr)).toBe("at thrown.ts");
  });
});

describe("escapement, used the wrong way", () => {
  const usage = "Usage: escapement run <file> [--virtual]";

  it.each([
    ["a missing file", ["run"], "run what? The file is missing."],
    ["a file that is not there", ["run", "nowhere.ts"], `there is no file "nowhere.ts".`],
    ["a folder", ["run", "."], `there is no file ".".`],
    ["an unknown option", ["run", "a.ts", "--fast"], "Unknown option '--fast'"],
    ["two files", ["run", "a.ts", "b.ts"], `run takes one file, and found "b.ts" after "a.ts".`],
  ])("explains %s", (_, args, message) => {
    const { code, stdout, stderr } = escapement(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`escapement: ${message}`);
    expect(stderr).toContain(usage);
  });

  it.each([
    ["no default export", "export const a = 1;", "has no default export. Write: export default function* main()"],
    ["an async function", "export default async function main() {}", "is an async function, not a coroutine function."],
    ["a plain function", "export default () => 1;", "is a plain function, not a coroutine function."],
    ["a call", "function* main() {} export default main();", "is a coroutine that was already called, not a"],
    ["a value", "export default { a: [1] };", "is { a: [Array] }, not a coroutine function. Write: function* main()"],
  ])("explains a program whose default export is %s", (_, text, message) => {
    const { code, stdout, stderr } = escapement("run", write("export.ts", text));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain(usage);
  });

  it.each([
    ["an unknown command", ["walk"], `escapement: there is no command "walk".`],
    ["an unknown option", ["--walk"], `escapement: there is no option "--walk".`],
    ["no command", [], "escapement: a command is missing."],
  ])("explains %s", (_, args, message) => {
    const { code, stdout, stderr } = escapement(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain("escapement run <file> [--virtual]");
  });
});

describe("escapement --help and --version", () => {
  it("answer on stdout", () => {
    for (const args of [["--help"], ["run", "--help"], ["run", "-h"]]) {
      const { code, stdout, stderr } = escapement(...args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain("escapement run <file> [--virtual]");
    }
    expect(escapement("--version")).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
  });
});

describe("escapement run, interrupted", () => {
  const interrupt = async (file: string): Promise<Ended> => {
    const child = spawn(process.execPath, ["--import", tsx, main, "run", file], { cwd: folder });
    const ended = { code: null as number | null, stdout: "", stderr: "" };
    child.stderr.on("data", (data) => (ended.stderr += String(data)));
    child.stdout.on("data", (data) => {
      ended.stdout += String(data);
      if (String(data).includes("ready")) child.kill("SIGINT");
    });
    return await new Promise((resolve) => child.on("close", (code) => resolve({ ...ended, code })));
  };

  const waiting = (onCancel: string) => `import { sleep, CancelledError } from "escapement";
    export default function* main() {
      try { console.log("ready"); yield* sleep(60_000); }
      catch (error) { ${onCancel} }
      finally { console.log("cleaned up"); }
    }`;

  it("cancels the program, lets it clean up, and ends with 130", async () => {
    const file = write("interrupted.ts", waiting("throw error;"));
    expect(await interrupt(file)).toEqual({ code: 130, stdout: "ready\ncleaned up\n", stderr: "Interrupted.\n" });
  });

  it("ends with 0 when the program makes that its end", async () => {
    const file = write("stopped.ts", waiting(`console.log(error instanceof CancelledError);`));
    expect(await interrupt(file)).toEqual({ code: 0, stdout: "ready\ntrue\ncleaned up\n", stderr: "" });
  });
});
