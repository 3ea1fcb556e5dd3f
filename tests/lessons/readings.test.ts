import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { findPython } from "../../scripts/conformance/python.ts";
import { LESSONS } from "../../src/lessons/index.ts";
import { type Node, isNode, parseSource } from "../architecture/source.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = findPython(undefined);

/** What a file declares: functions, classes, constants, and the members of its classes, as `Lock.acquire`. */
function declaredIn(file: string): string[] {
  const { program } = parseSource(file, readFileSync(root + file, "utf8"));
  return (program["body"] as readonly Node[]).flatMap((statement) => {
    const declared = isNode(statement["declaration"]) ? statement["declaration"] : statement;
    const own = [declared, ...((declared["declarations"] as readonly Node[] | undefined) ?? [])].flatMap(nameOf);
    const body = isNode(declared["body"]) ? declared["body"]["body"] : [];
    const members = declared.type === "ClassDeclaration" ? (body as readonly Node[]).flatMap(keyOf) : [];
    return [...own, ...members.map((member) => `${own[0]}.${member}`)];
  });
}

const nameOf = ({ id }: Node): string[] => (isNode(id) ? [String(id["name"])] : []);
const keyOf = ({ key }: Node): string[] => (isNode(key) ? [String(key["name"])] : []);

// Prints, of what stands in its first argument, what is not in CPython's own sources.
const FIND = `
import ast, asyncio, json, os, sys
lib = os.path.dirname(os.path.dirname(asyncio.__file__))
def names(body, prefix=""):
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield prefix + node.name
            if isinstance(node, ast.ClassDef):
                yield from names(node.body, prefix + node.name + ".")
gone = []
for file, name in json.loads(sys.argv[1]):
    path = os.path.join(lib, file)
    if not os.path.exists(path) or name not in set(names(ast.parse(open(path, encoding="utf-8").read()).body)):
        gone.append(f"{file}: {name}")
print(json.dumps(gone))
`;

describe("what a lesson gives to read", () => {
  it.each(LESSONS.map((lesson) => [lesson.name, lesson] as const))("%s: is there, in this project", (_, { here }) => {
    expect(here.length).toBeGreaterThan(0);
    for (const { file, name } of here) {
      expect(existsSync(root + file), file).toBe(true);
      expect(declaredIn(file), file).toContain(name);
    }
  });

  it(`is there in CPython${"file" in python ? "" : " (skipped: no Python 3.13 here)"}`, ({ skip }) => {
    if (!("file" in python)) return skip();
    const read = LESSONS.flatMap(({ cpython }) => cpython.read.map(({ file, name }) => [file, name]));
    const { stdout, stderr } = spawnSync(python.file, ["-c", FIND, JSON.stringify(read)], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual([]);
  });

  it("is something in each lesson", () => {
    expect(LESSONS.filter(({ cpython }) => cpython.read.length === 0 || cpython.says === "")).toEqual([]);
  });
});
