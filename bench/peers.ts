import { existsSync, readdirSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Build, buildTree, urlOf } from "./build.ts";
import { UsageError } from "./usage-error.ts";
import type { PeerSpec } from "./worker.ts";
import { WORKLOADS, type Workload } from "./workloads.ts";

const folder = fileURLToPath(new URL("peers", import.meta.url));

// Who is compared, in this order; whoever has a file of his own and is not named comes last.
const ORDER = ["escapement", "native", "bluebird", "co", "effect", "effection", "cpython", "simpy", "bare", "heap"];
// They do everything at the full size: the claim is about them.
const FULL = ["escapement", "native", "bare", "heap"];

/** The names of the peers that have a file. */
export function knownPeers(): string[] {
  const names = readdirSync(folder)
    .filter((file) => /(?<!\.d)\.(ts|py)$/.test(file))
    .map((file) => basename(file, extname(file)));
  return names.toSorted((a, b) => rank(a) - rank(b));
}

function rank(name: string): number {
  return ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length;
}

/** What the command line says of peers. */
export interface PeerChoice {
  readonly names: readonly string[] | null;
  readonly files: readonly string[];
  readonly trees: readonly string[];
  readonly dists: readonly string[];
}

/** @throws {UsageError} For a name that no file has, or a path where nothing is. */
export function checkPeers({ names, files, trees, dists }: PeerChoice): void {
  const known = knownPeers();
  const unknown = (names ?? []).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`there is no peer "${unknown.join(`", "`)}"; there are ${known.join(", ")}.`);
  }
  for (const path of [...files, ...trees, ...dists]) {
    if (!existsSync(path)) throw new UsageError(`there is nothing at ${path}.`);
  }
}

/** The peers to be measured, those of this tree first, then the other builds of escapement, then other files. */
export function choosePeers(choice: PeerChoice, build: Build): PeerSpec[] {
  const { names, files, trees, dists } = choice;
  const own = knownPeers().filter((name) => names === null || names.includes(name));
  const [first, ...rest] = own.map((name) => peerNamed(name, build));
  const others = [
    ...trees.map((tree) => escapementAt(tree, buildTree(tree), build)),
    ...dists.map((dist) => escapementAt(dist, { dist: urlOf(dist), version: "" }, build)),
  ];
  const extra = files.map((file): PeerSpec => ({
    name: basename(file, extname(file)),
    file: resolve(file),
    options: {},
    full: false,
  }));
  return [...(first === undefined ? [] : [first]), ...others, ...rest, ...extra];
}

/** One of the known. */
export function peerNamed(name: string, { bench, dist, version }: Build): PeerSpec {
  const python = join(folder, `${name}.py`);
  const file = existsSync(python) ? python : join(bench, "peers", `${name}.js`);
  return { name, file, options: { dist, version }, full: FULL.includes(name) };
}

/** Another build of escapement beside this one. */
export function escapementAt(where: string, of: { dist: string; version: string }, build: Build): PeerSpec {
  return { ...peerNamed("escapement", build), name: `escapement@${where}`, options: of };
}

/** @throws {UsageError} For a name that no workload has. */
export function chooseWorkloads(names: readonly string[]): Workload[] {
  const isNamed = ({ id, name }: Workload, wanted: string): boolean => name === wanted || id === wanted;
  const unknown = names.filter((name) => !WORKLOADS.some((workload) => isNamed(workload, name)));
  if (unknown.length > 0) {
    const known = WORKLOADS.map(({ name }) => name).join(", ");
    throw new UsageError(`there is no workload "${unknown.join(`", "`)}"; there are ${known}.`);
  }
  if (names.length === 0) return [...WORKLOADS];
  return WORKLOADS.filter((workload) => names.some((name) => isNamed(workload, name)));
}
