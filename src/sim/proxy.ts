import { Future } from "../future/future.ts";

/** Is told of each access. @internal */
export interface Toucher {
  touch(object: object, key: PropertyKey, writes: boolean): void;
  /** What reports call `object`. */
  label(object: object, name: string): void;
}

// Methods of collections that change nothing. Any other call of a method is a write of the whole collection.
const READER_NAMES =
  "get has keys values entries forEach at concat every filter find findIndex findLast findLastIndex flat flatMap includes " +
  "indexOf join lastIndexOf map reduce reduceRight slice some toReversed toSorted toSpliced with";
const READERS: ReadonlySet<PropertyKey> = new Set<PropertyKey>([Symbol.iterator, ...READER_NAMES.split(" ")]);
const WHOLE = "[]";

/** `value`, whose reads and writes are told; and whatever is read from it, as well. @internal */
export function proxyOf<T extends object>(
  value: T,
  name: string,
  toucher: Toucher,
  proxies: WeakMap<object, object>,
): T {
  const known = proxies.get(value);
  if (known !== undefined) return known as T;
  toucher.label(value, name);
  const handler = isCollection(value) ? ofCollection(name, toucher, proxies) : ofObject(name, toucher, proxies);
  const proxy = new Proxy<T>(value, handler);
  proxies.set(value, proxy);
  proxies.set(proxy, proxy);
  return proxy;
}

function isCollection(value: object): boolean {
  return Array.isArray(value) || value instanceof Map || value instanceof Set;
}

function seen(value: unknown, name: string, toucher: Toucher, proxies: WeakMap<object, object>): unknown {
  if (typeof value !== "object" || value === null || value instanceof Future) return value;
  return proxyOf(value, name, toucher, proxies);
}

function ofObject(name: string, toucher: Toucher, proxies: WeakMap<object, object>): ProxyHandler<object> {
  return {
    get(target, key, receiver) {
      toucher.touch(target, key, false);
      return seen(Reflect.get(target, key, receiver), `${name}.${String(key)}`, toucher, proxies);
    },
    set(target, key, value, receiver) {
      toucher.touch(target, key, true);
      // What a setter does is seen as well. For all else the receiver would make no difference, and takes longer.
      return Reflect.set(target, key, value, hasSetter(target, key) ? receiver : target);
    },
    has(target, key) {
      toucher.touch(target, key, false);
      return Reflect.has(target, key);
    },
    deleteProperty(target, key) {
      toucher.touch(target, key, true);
      return Reflect.deleteProperty(target, key);
    },
    ownKeys(target) {
      for (const key of Reflect.ownKeys(target)) toucher.touch(target, key, false);
      return Reflect.ownKeys(target);
    },
  };
}

function hasSetter(target: object, key: PropertyKey): boolean {
  for (let owner: object | null = target; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    const found = Object.getOwnPropertyDescriptor(owner, key);
    if (found !== undefined) return found.set !== undefined;
  }
  return false;
}

/**
 * Where the elements of an array are is one location, which whatever adds, removes or moves one writes; each element is
 * one more. Those of Maps and Sets are not told apart.
 */
function ofCollection(name: string, toucher: Toucher, proxies: WeakMap<object, object>): ProxyHandler<object> {
  const see = (value: unknown): unknown => seen(value, `${name}[]`, toucher, proxies);
  const touchAll = (target: object, writes: boolean): void => {
    toucher.touch(target, WHOLE, writes);
    if (writes || !Array.isArray(target)) return;
    for (const key of target.keys()) toucher.touch(target, String(key), false);
  };
  return {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function") {
        toucher.touch(target, WHOLE, false);
        if (isElement(target, key)) toucher.touch(target, key, false);
        return see(value);
      }
      const reads = READERS.has(key);
      return (...args: unknown[]): unknown => {
        touchAll(target, !reads);
        // What is read of the elements is seen, too: they are handed out as proxies, whichever way.
        const object = reads ? withElementsSeen(target, see) : target;
        const result: unknown = (value as (...args: unknown[]) => unknown).apply(object, args);
        return reads || result === target ? result : see(result);
      };
    },
    set(target, key, value) {
      const element = isElement(target, key);
      toucher.touch(target, WHOLE, !element);
      if (element) toucher.touch(target, key, true);
      return Reflect.set(target, key, value);
    },
    has(target, key) {
      toucher.touch(target, WHOLE, false);
      return Reflect.has(target, key);
    },
    deleteProperty(target, key) {
      toucher.touch(target, WHOLE, true);
      return Reflect.deleteProperty(target, key);
    },
    ownKeys(target) {
      touchAll(target, false);
      return Reflect.ownKeys(target);
    },
  };
}

/** Whether `key` is the number of an element that there is. */
function isElement(target: object, key: PropertyKey): boolean {
  return Array.isArray(target) && key !== "length" && Object.hasOwn(target, key);
}

function withElementsSeen(collection: object, see: (value: unknown) => unknown): object {
  if (Array.isArray(collection)) return collection.map(see);
  if (collection instanceof Set) return new Set([...collection].map(see));
  return new Map([...(collection as Map<unknown, unknown>)].map(([key, value]) => [key, see(value)]));
}
