import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { contractFaults } from "./contract/check-contract.ts";
import { readContract } from "./contract/read-contract.ts";

// Modules of the contract that are still to come. One that appears in the package's `exports` must leave this list.
const NOT_YET: readonly string[] = [];
// Names that are still to come, of modules that have begun; World is there, without its hosts.
const NAMES_NOT_YET = new Set(["NetworkOptions", "Host", "World", "Model", "History", "linearizable"]);

const madeByTheLibrary = new Set([
  "Handle",
  "TimerHandle",
  "Token",
  "DeadlockError",
  // escapement/inspect
  "View",
  // escapement/net
  "StreamWriter",
  "Server",
  "IncompleteReadError",
  "LimitOverrunError",
  // escapement/postgres, escapement/mysql
  "Queries",
  "Connection",
  "Cursor",
  "Pool",
  // escapement/websocket
  "WebSocketServer",
  "ConnectionClosed",
  // escapement/files
  "AsyncFile",
  // escapement/sim
  "SimulationError",
  // escapement/http
  "ClientResponse",
  "ServerRequest",
  "HttpServer",
  "ClientError",
  "ConnectError",
  "ResponseError",
]);

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const contract = readContract("tests/contract/api.d.ts", read("contract/api.d.ts"));
const entries = entryPoints();
const exported = contract.filter(({ name }) => entries.has(name));

describe("the public names", () => {
  it("come from every module of the contract, those not yet begun excepted", () => {
    expect([...exported.map(({ name }) => name), ...NOT_YET].toSorted()).toEqual(
      contract.map(({ name }) => name).toSorted(),
    );
  });

  it.each(exported.map(({ name }) => name))("of %s are all there when it runs", async (name) => {
    const module = (await import(pathToFileURL(entries.get(name) ?? "").href)) as object;
    const wanted = exported.find((one) => one.name === name)?.declarations ?? [];
    const values = wanted.filter(({ kind, exported: isPublic }) => isPublic && kind !== "type");
    const missing = values.map((value) => value.name).filter((value) => !(value in module));
    expect(missing.filter((value) => !NAMES_NOT_YET.has(value))).toEqual([]);
  });

  it("have types that a program written against the contract compiles with", { timeout: 120_000 }, () => {
    const faults = contractFaults(exported, entries, { madeByTheLibrary });
    expect(faults.filter((fault) => !NAMES_NOT_YET.has(nameIn(fault)))).toEqual([]);
  });
});

// "escapement/sim › World: TS2322: …"
function nameIn(fault: string): string {
  return / › (\w+): /.exec(fault)?.[1] ?? fault;
}

// "./sim" in the package's exports is dist/sim/index.js, made from src/sim/index.ts.
function entryPoints(): Map<string, string> {
  const { exports } = JSON.parse(read("../package.json")) as { exports: Record<string, string | { default: string }> };
  const found = new Map<string, string>();
  for (const [path, target] of Object.entries(exports)) {
    if (typeof target === "string") continue;
    const source = target.default.replace("./dist/", "../src/").replace(/\.js$/, ".ts");
    found.set(`escapement${path.slice(1)}`, fileURLToPath(new URL(source, import.meta.url)));
  }
  return found;
}

describe("the contract's checker", () => {
  const folder = mkdtempSync(join(tmpdir(), "escapement-planted-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const faultsOf = (wanted: string, ours: string): string[] => {
    const path = join(folder, "ours.mts");
    writeFileSync(path, ours);
    const modules = readContract("planted.d.ts", `declare module "planted" {\n${wanted}\n}`);
    return contractFaults(modules, new Map([["planted", path]]), { madeByTheLibrary: new Set(["Made"]) });
  };
  const names = (faults: string[]) => [
    ...new Set(faults.map((fault) => /^planted › (\w+): /.exec(fault)?.[1] ?? fault)),
  ];

  it("names each name that is missing or has another type", { timeout: 60_000 }, () => {
    const wanted = `
      export function absent(): void;
      export interface Absent { a: 1 }
      export function parameter(a: number | string): void;
      export function result(): number;
      export function overload(a: 1): 1;
      export function overload(a: 2): 2;
      export function untyped(): void;
      export class Method { one(): void; two(): void }
      export class Optional { method(a?: number): void }
      export class Constructor { constructor(a?: number) }
      export class Frozen { field: number }
      export class Generic<T> { get(): T }
      export interface More { a?: number }
      export interface Less { a: number; b: number }
      export type Union = 1 | 2;
      export const constant: number;`;
    const ours = `
      export function parameter(a: number): void {}
      export function result(): string { return ""; }
      export function overload(a: 1): 1 { return a; }
      export const untyped: any = 1;
      export class Method { one(): void {} }
      export class Optional { method(a: number): void {} }
      export class Constructor { constructor(a: number) {} }
      export class Frozen { readonly field: number = 1; }
      export class Generic<T> { get(): T | undefined { return undefined; } }
      export interface More { a?: number; b: number }
      export interface Less { a: number }
      export type Union = 1;
      export const constant: string = "";`;
    const all = [...wanted.matchAll(/export \w+ (\w+)/g)].map(([, name = ""]) => name);
    expect(names(faultsOf(wanted, ours)).toSorted()).toEqual([...new Set(all)].toSorted());
  });

  it("lets the library offer more", { timeout: 60_000 }, () => {
    const wanted = `
      type Helper<T> = T | undefined;
      export class Box<T> implements Iterable<T> { constructor(value: T); get(): Helper<T>; join(other: Box<T>): Box<T>; [Symbol.iterator](): Iterator<T>; then(callback: (box: this) => void): void }
      export class Small<T> extends Box<T> { readonly size: number }
      export class Made { name: string }
      export interface Options { size?: number; box?: Box<any> }
      export function box<T>(value: T, options?: Options): Box<T>;
      export type Maker = <T>(value: T) => Box<T>;
      export const maker: Maker;`;
    const ours = `
      export class Box<T> {
        #value: T;
        more = 1;
        constructor(value: T, more?: number) { this.#value = value; }
        get(): T | undefined { return this.#value; }
        join(other: Box<T>): Box<T> { return other; }
        *[Symbol.iterator](): Generator<T> { yield this.#value; }
        then(callback: (box: this) => void): void { callback(this); }
      }
      export class Small<T> extends Box<T> { get size(): number { return 1; } }
      export class Made { #secret = 1; name: string; constructor(secret: number) { this.name = String(secret + this.#secret); } }
      export interface Options { size?: number; box?: Box<any>; colour?: string }
      export function box<T>(value: T, options?: Options): Box<T> { return new Box(value, options?.size); }
      export type Maker = <T>(value: T) => Box<T>;
      export const maker: Maker = box;
      export const unasked = 1;`;
    expect(faultsOf(wanted, ours)).toEqual([]);
  });

  it("reports an error of the sources that it compiles as theirs", { timeout: 60_000 }, () => {
    expect(faultsOf("export const a: number;", `export const a: number = "";`)).toEqual([
      expect.stringContaining("ours.mts"),
    ]);
  });
});
