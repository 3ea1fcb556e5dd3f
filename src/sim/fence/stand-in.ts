import { activeMachine } from "../active.ts";
import type { Machine } from "../machine.ts";
import { callSite } from "./call-site.ts";

type Callable = (...args: any[]) => unknown;
type Constructor = abstract new (...args: any[]) => object;

/** A call of something of the host's, from inside a simulation. @internal */
export interface Call {
  readonly machine: Machine;
  readonly real: Callable;
  readonly self: unknown;
  readonly args: readonly any[];
}

/**
 * Something of the host's that a program can reach, and what happens instead when it is called, or made with `new`, or
 * (of an accessor) read inside a simulation. Outside of one it is itself.
 *
 * @internal
 */
export interface Post {
  /** The object that has it, itself or by inheritance; undefined on hosts without it. */
  readonly of: () => object | undefined;
  readonly key: string;
  readonly called?: (call: Call, trap: Callable) => unknown;
  /** What is made instead; undefined: what would be made. */
  readonly made?: (call: Omit<Call, "self">, newTarget: Constructor, trap: Callable) => object | undefined;
  /** The property holds this instead: nothing is called. */
  readonly held?: () => unknown;
}

/** @internal A post that answers. */
export function answer(of: Post["of"], key: string, called: (call: Call) => unknown): Post {
  return { of, key, called };
}

/** @internal A post that refuses; where the mode is to warn, it lets through. @param what - As the error names it. */
export function refuse(of: Post["of"], key: string, what: string, instead: string): Post {
  const check = (machine: Machine, trap: Callable): void => {
    const site = callSite(trap);
    // The host's own code prints, reads and waits as it always does.
    if (site.byHost) return;
    const error = machine.fence.tell(`${what} was called`, site.place, instead);
    if (error !== null) throw error;
  };
  return {
    of,
    key,
    called({ machine, real, self, args }, trap) {
      check(machine, trap);
      return Reflect.apply(real, self, args);
    },
    made({ machine }, _newTarget, trap) {
      check(machine, trap);
      return undefined;
    },
  };
}

/** The property of `post` as it is while the fence is up, and where it is. @internal */
export interface Placed {
  readonly owner: object;
  readonly key: string;
  readonly before: PropertyDescriptor;
  readonly after: PropertyDescriptor;
}

// Most often the host is as it was the last time.
const last = new Map<Post, Placed>();

/** @internal Undefined where this host has nothing of the kind. */
export function place(post: Post): Placed | undefined {
  const { key } = post;
  for (let owner = post.of(); owner !== undefined && owner !== null; owner = Object.getPrototypeOf(owner) as object) {
    const before = Object.getOwnPropertyDescriptor(owner, key);
    if (before === undefined) continue;
    const known = last.get(post);
    if (known?.owner === owner && isSame(known.before, before)) return known;
    const placed = { owner, key, before, after: descriptorOf(post, before) };
    last.set(post, placed);
    return placed;
  }
  return undefined;
}

function isSame(a: PropertyDescriptor, b: PropertyDescriptor): boolean {
  return (
    a.value === b.value &&
    a.get === b.get &&
    a.set === b.set &&
    a.writable === b.writable &&
    a.enumerable === b.enumerable &&
    a.configurable === b.configurable
  );
}

function descriptorOf(post: Post, before: PropertyDescriptor): PropertyDescriptor {
  if (post.held !== undefined) return { ...before, value: post.held() };
  if (typeof before.value === "function") return { ...before, value: standIn(post, before.value as Callable) };
  const { get } = before;
  if (get === undefined) return before;
  // Of a constructor that is loaded when it is first asked for, it is the constructor that matters.
  if (post.made === undefined) return { ...before, get: standIn(post, get) as () => unknown };
  const load = function (this: unknown): unknown {
    const loaded: unknown = Reflect.apply(get, this, []);
    return typeof loaded === "function" ? standIn(post, loaded as Callable) : loaded;
  };
  return { ...before, get: load };
}

// What has been imported by name keeps its identity from one simulation to the next.
const standIns = new WeakMap<Post, WeakMap<Callable, Callable>>();

/** `real`, with all its properties, but for what it does inside of a simulation. @internal */
export function standIn(post: Post, real: Callable): Callable {
  let known = standIns.get(post);
  if (known === undefined) standIns.set(post, (known = new WeakMap()));
  let made = known.get(real);
  if (made === undefined) known.set(real, (made = new Proxy(real, trapsOf(post))));
  return made;
}

function trapsOf({ called, made }: Post): ProxyHandler<Callable> {
  const traps = {
    apply(real: Callable, self: unknown, args: unknown[]): unknown {
      const machine = fencedMachine();
      if (machine === null || called === undefined) return Reflect.apply(real, self, args);
      return called({ machine, real, self, args }, traps.apply);
    },
    construct(real: Callable, args: unknown[], newTarget: Constructor): object {
      const machine = fencedMachine();
      const instead = machine === null ? undefined : made?.({ machine, real, args }, newTarget, traps.construct);
      return instead ?? (Reflect.construct(real, args, newTarget) as object);
    },
  };
  return traps as ProxyHandler<Callable>;
}

/** The simulation whose program is running, if it is fenced in. @internal */
export function fencedMachine(): Machine | null {
  const machine = activeMachine();
  return machine === null || machine.fence.mode === "off" ? null : machine;
}
