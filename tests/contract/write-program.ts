import type { ContractModule, Declaration } from "./read-contract.ts";

/** A TypeScript module that compiles when ours keeps the contract; each line belongs to a name of it. */
export interface Program {
  readonly lines: readonly string[];
  readonly owners: readonly string[];
}

/** Where the library differs on purpose: the check that does not apply to a name. */
export interface Leniency {
  /** Only the library makes these: how is its own affair. */
  readonly madeByTheLibrary: ReadonlySet<string>;
}

// The contract's declarations are repeated under names of their own (Contract_Task), and whatever they mention is ours:
// a contract's function over Task is compared with ours as a function over our Task. Then ours is assigned to it.
const PREAMBLE = [
  "type IsAny<T> = 0 extends 1 & T ? true : false;",
  "type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;",
  "type Writable<T> = { [K in keyof T]-?: Same<{ [P in K]: T[K] }, { -readonly [P in K]: T[K] }> extends true ? K : never }[keyof T];",
  "type Within<A extends B, B> = A;",
  // Methods and constructors are compared once more by their parameters: the compiler lets them take less than was promised.
  "type Calls<T> = { [K in keyof T as T[K] extends (...args: any[]) => any ? K : never]: T[K] extends (...args: infer A) => any ? A : never };",
  "interface Probe { readonly probe: 1 }",
];

/** Writes the program for one module, whose own entry and those it imports from are the files in `entries`. */
export function writeProgram(
  module: ContractModule,
  entries: ReadonlyMap<string, string>,
  leniency: Leniency,
): Program {
  const lines = [...PREAMBLE];
  const owners = PREAMBLE.map(() => module.name);
  const add = (owner: string, text: string): void => {
    for (const line of text.split("\n")) {
      lines.push(line);
      owners.push(owner);
    }
  };
  for (const { names, from } of module.imports) add(from, `import type { ${names} } from ${entry(entries, from)};`);
  for (const { exported, name } of module.declarations) {
    if (exported) add(name, `import { ${name} } from ${entry(entries, module.name)};`);
  }
  for (const declaration of module.declarations) {
    add(declaration.name, repeat(declaration));
    if (declaration.exported) for (const line of compare(declaration, leniency)) add(declaration.name, line);
  }
  return { lines, owners };
}

function entry(entries: ReadonlyMap<string, string>, module: string): string {
  const path = entries.get(module);
  if (path === undefined) throw new Error(`The contract's module "${module}" has no entry point yet.`);
  return JSON.stringify(path);
}

function repeat({ name, kind, exported, parts }: Declaration): string {
  const copied = parts.map(({ text, nameAt }) =>
    exported ? `${text.slice(0, nameAt)}Contract_${name}${text.slice(nameAt + name.length)}` : text,
  );
  return copied.map((text) => (kind === "type" ? text : `declare ${text}`)).join("\n");
}

function compare({ name, kind, typeParameters, typeNames }: Declaration, { madeByTheLibrary }: Leniency): string[] {
  const applied = typeNames.length > 0 ? `<${typeNames.join(", ")}>` : "";
  const probed = typeNames.length > 0 ? `<${typeNames.map(() => "Probe").join(", ")}>` : "";
  const ours = `${name}${applied}`;
  const contract = `Contract_${name}${applied}`;
  const given = `function given_${name}${typeParameters}(ours: ${ours}): ${contract} { return ours; }`;
  const taken = `function taken_${name}${typeParameters}(theirs: ${contract}): ${ours} { return theirs; }`;
  const value = `const value_${name}: typeof Contract_${name} = ${name};`;
  const typed = `const typed_${name}: IsAny<typeof ${name}> = false;`;
  if (kind === "value") return [value, typed];
  const calls = `type Calls_${name} = Within<Calls<Contract_${name}${probed}>, Pick<Calls<${name}${probed}>, keyof Calls<Contract_${name}${probed}>>>;`;
  if (kind === "type") return madeByTheLibrary.has(name) ? [given, calls] : [given, taken];
  const writable = `type Writable_${name} = Within<Writable<Contract_${name}${probed}>, Writable<${name}${probed}>>;`;
  const created = `type Created_${name} = Within<ConstructorParameters<typeof Contract_${name}>, ConstructorParameters<typeof ${name}>>;`;
  const instance = [given, typed, writable, calls];
  return madeByTheLibrary.has(name) ? instance : [...instance, value, created];
}
