/**
 * A value in words: equal values in equal words, different ones in different words.
 *
 * Plain objects, arrays, maps and sets are what they hold; the order of keys, and of what a map or a set holds, does not
 * matter. Everything else that is an object is itself alone: nobody can see what a class keeps private.
 *
 * Without recursion: a state may be a linked list of any length.
 *
 * @internal
 */
export function show(value: unknown): string {
  const whole: Composite = { itself: null, parts: [value], texts: [], join: listed };
  const stack = [whole];
  const inside = new Set<unknown>();
  for (;;) {
    const top = stack.at(-1)!;
    if (top.texts.length < top.parts.length) {
      const part = top.parts[top.texts.length];
      const composite = inside.has(part) ? null : compositeOf(part);
      if (composite === null) top.texts.push(simple(part));
      else {
        inside.add(part);
        stack.push(composite);
      }
      continue;
    }
    stack.pop();
    inside.delete(top.itself);
    const text = top.join(top.texts);
    if (top === whole) return text;
    stack.at(-1)!.texts.push(text);
  }
}

/** A value that is made of others, and the words for those that have them already. */
interface Composite {
  readonly itself: unknown;
  readonly parts: readonly unknown[];
  readonly texts: string[];
  readonly join: (texts: string[]) => string;
}

function compositeOf(value: unknown): Composite | null {
  const made = (parts: readonly unknown[], join: Composite["join"]) => ({ itself: value, parts, texts: [], join });
  if (Array.isArray(value)) return made(value, (texts) => `[${listed(texts)}]`);
  if (typeof value !== "object" || value === null) return null;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Map.prototype) return made([...(value as Map<unknown, unknown>)], unordered("Map"));
  if (prototype === Set.prototype) return made([...(value as Set<unknown>)], unordered("Set"));
  if (prototype !== Object.prototype && prototype !== null) return null;
  if (Object.getOwnPropertySymbols(value).length > 0) return null;
  const entries = Object.entries(value).toSorted(([a], [b]) => byCodeUnits(a, b));
  const named = (texts: string[]) => listed(entries.map(([key], i) => `${keyName(key)}: ${texts[i]}`));
  return made(
    entries.map(([, part]) => part),
    (texts) => `{${named(texts)}}`,
  );
}

/** Not with join: it would copy the text of every link of a list once for each link before it, where `+` copies nothing. */
function listed(texts: readonly string[]): string {
  let all = texts[0] ?? "";
  for (let i = 1; i < texts.length; i += 1) all += `, ${texts[i]}`;
  return all;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function unordered(name: string): Composite["join"] {
  return (texts) => `${name} {${listed(texts.toSorted(byCodeUnits))}}`;
}

function keyName(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

function simple(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "symbol") return `${String(value)}#${numberOf(symbols, value)}`;
  if (typeof value === "function") return `${value.name || "function"}#${numberOf(objects, value)}`;
  if (typeof value === "object" && value !== null) {
    return `${value.constructor?.name ?? "object"}#${numberOf(objects, value)}`;
  }
  return Object.is(value, -0) ? "-0" : String(value);
}

const objects = new WeakMap<object, number>();
const symbols = new Map<symbol, number>();
let numbered = 0;

function numberOf<K>(
  numbers: { get(key: K): number | undefined; set(key: K, value: number): unknown },
  key: K,
): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbered += 1;
  numbers.set(key, numbered);
  return numbered;
}
