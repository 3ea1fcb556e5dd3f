import type { ContextVar } from "../../loop/context.ts";
import { RuntimeError, ValueError } from "../../loop/errors.ts";
import { Handle, NO_ARGS, type Runnable } from "../../loop/handle.ts";
import type { ReadyView } from "../../loop/scheduler.ts";
import { type Awaitable, describeMistake } from "../../future/awaitable.ts";
import { FAILED, PENDING } from "../../future/future.ts";
import { tasksOf } from "../../task/current-task.ts";
import { mainTask } from "../../task/runner.ts";
import { fileSystem } from "../../io/file-system.ts";
import type { Machine } from "../machine.ts";
import { Random } from "../random.ts";
import { SimTask, runningTask } from "../sim-task.ts";
import type { Host, World } from "../world.ts";
import { type Boot, bootOf, here } from "./boot.ts";
import { DEVICES } from "./devices.ts";
import type { SimDisk } from "./disk.ts";
import { type DiskOptions, diskSettings } from "./disk-options.ts";
import { Fabric } from "./fabric.ts";
import { MachineSite } from "./machine-site.ts";
import { type LinkOptions, type NetworkOptions, linkOptions } from "./options.ts";
import { SimHost } from "./sim-host.ts";

const PROGRAM = "main";

/**
 * The world of a simulated program: machines, what goes on between them, and what goes wrong. It is empty until the
 * program asks for something, and costs nothing as long as it is.
 *
 * @internal
 */
export class SimWorld implements World {
  readonly random: Random;
  readonly #machine: Machine;
  readonly #defaults: LinkOptions;
  // Of the run at hand.
  #fabric: Fabric | null = null;
  readonly #hosts = new Set<SimHost>();
  readonly #buried = new Set<SimTask<any>>();
  // What the program itself reaches: its own machine's devices, made when it first does.
  readonly #lazy = DEVICES.map(() => null as object | null);
  readonly programBindings: ReadonlyMap<ContextVar<any>, unknown>;

  constructor(machine: Machine, defaults: LinkOptions) {
    this.#machine = machine;
    this.#defaults = defaults;
    this.random = new Random(machine);
    this.programBindings = new Map(DEVICES.map(({ variable }, i) => [variable, this.#lazily(i)]));
  }

  #lazily(index: number): object {
    return new Proxy(
      {},
      {
        get: (_target, key): unknown => {
          const device = (this.#lazy[index] ??= this.#programSite.deviceOf(DEVICES[index]!.variable));
          const member = (device as Record<PropertyKey, unknown>)[key];
          return typeof member === "function" ? (member as () => unknown).bind(device) : member;
        },
      },
    );
  }

  get #fabricOfRun(): Fabric {
    return (this.#fabric ??= new Fabric(this.#machine, this.#defaults));
  }

  get #programSite(): MachineSite {
    const fabric = this.#fabricOfRun;
    return fabric.sites.get(PROGRAM) ?? this.#addSite(PROGRAM, true);
  }

  #addSite(name: string, starts: boolean): MachineSite {
    const fabric = this.#fabricOfRun;
    const site = new MachineSite(fabric, name);
    fabric.sites.set(name, site);
    if (starts) site.start();
    return site;
  }

  // ---- what the machine that runs it all asks for

  /** A new run begins. */
  reset(): void {
    if (this.#fabric === null) return;
    this.#fabric = null;
    this.#hosts.clear();
    this.#buried.clear();
    this.#lazy.fill(null);
    this.#machine.clock.readLocally = null;
    this.#machine.vigilant = false;
  }

  /** Whether the run has used it: there may be more of it in the loop than can be found. */
  get used(): boolean {
    return this.#fabric !== null;
  }

  /** The program has ended, and with it its world: all hosts are switched off. */
  powerOff(): void {
    for (const host of this.#hosts) if (host.up) this.#end(host);
  }

  /** Takes out of the ready queue whoever must not run: the first, whose place is its answer; -1 when there is none. */
  sift(ready: ReadyView): number {
    for (let i = 0; i < ready.size; i += 1) {
      const entry = ready.entry!(i)!;
      if (!this.bars(entry)) continue;
      const { alive, site } = bootOf(entry)!;
      if (alive) site.park(entry);
      else if (entry instanceof SimTask) this.#bury(entry);
      ready.replace!(i, this.#nothing());
      return i;
    }
    return -1;
  }

  #nothing(): Handle {
    const nothing = new Handle(this.#machine.loop, () => {}, NO_ARGS, this.#fabricOfRun.between);
    nothing.cancel();
    return nothing;
  }

  /** Whether it must not run: its host is paused, or has crashed. */
  bars(entry: Runnable): boolean {
    const boot = bootOf(entry);
    return boot !== undefined && (!boot.alive || boot.site.paused);
  }

  /** A task has taken a step, in which its own host may have crashed. */
  stepped(task: SimTask<any>): void {
    if (bootOf(task)?.alive === false) this.#bury(task);
  }

  // ---- hosts

  host(name: string, program: () => Awaitable<unknown>): Host {
    if (typeof name !== "string" || name === "") {
      throw new ValueError(`World.host: a name is a string that is not empty, not ${describeMistake(name)}.`);
    }
    if (typeof program !== "function") {
      throw new TypeError(`World.host: the program of "${name}" is a function that gives a coroutine.`);
    }
    if (name === PROGRAM || this.#fabricOfRun.sites.has(name)) {
      throw new ValueError(`World.host: there is a host "${name}" already. Give this one another name.`);
    }
    const host = new SimHost(this, this.#addSite(name, false), program);
    this.#hosts.add(host);
    this.#start(host);
    return host;
  }

  #start(host: SimHost): void {
    const boot = host.site.start();
    boot.within(() => this.#startProgram(host, boot));
  }

  #startProgram({ name, program }: SimHost, boot: Boot): void {
    const machine = this.#machine;
    const task = mainTask(`The program of host "${name}"`, program, machine.loop, boot.context, {
      name,
    });
    task.addCallback(
      () => {
        if (task.state === FAILED) machine.ruin(task.exception());
      },
      () => task.state !== FAILED,
    );
  }

  #mine(host: Host, who: string): SimHost {
    if (host instanceof SimHost && this.#hosts.has(host)) return host;
    const found = host instanceof SimHost ? `"${host.name}" of another run` : describeMistake(host);
    throw new ValueError(`${who}: expected a host that world.host() has given, got ${found}.`);
  }

  crash(host: SimHost, who: string): void {
    this.#mine(host, who);
    if (!host.up) return;
    this.#end(host);
    host.site.crash();
  }

  #end({ site: { boot } }: SimHost): void {
    const machine = this.#machine;
    boot.alive = false;
    machine.vigilant = true;
    const running = runningTask();
    for (const task of machine.tasks) if (task !== running && bootOf(task) === boot) this.#bury(task);
  }

  /** It is as if it had never been: nothing wakes it, and nobody waits for its end. */
  #bury(task: SimTask<any>): void {
    if (task.state !== PENDING || this.#buried.has(task)) return;
    this.#buried.add(task);
    tasksOf(task.loop).remove(task);
    task.waitingFor?.removeWaiters((waiter) => waiter === (task as Runnable));
  }

  restart(host: SimHost, who: string): void {
    this.crash(host, who);
    this.#start(host);
  }

  pause(host: SimHost, who: string): void {
    this.#mine(host, who);
    if (!host.up) return;
    host.site.pause();
    this.#machine.vigilant = true;
  }

  resume(host: SimHost, who: string): void {
    this.#mine(host, who);
    host.site.resume();
  }

  skewClock(host: SimHost, milliseconds: number, drift: number): void {
    const { clock } = this.#machine;
    this.#mine(host, "Host.skewClock").site.clock.set(clock.trueTime, milliseconds, drift);
    clock.readLocally = (now) => here.get(null)?.site.clock.read(now) ?? now;
    host.site.touch();
  }

  // ---- the network

  partition(a: Host | readonly Host[], b: Host | readonly Host[], options: { oneWay?: boolean } = {}): void {
    const [from, to] = [this.#group(a, "World.partition"), this.#group(b, "World.partition")];
    for (const host of from) {
      if (!to.includes(host)) continue;
      throw new ValueError(`World.partition: "${host.name}" is on both sides; a host cannot be parted from itself.`);
    }
    for (const [one, other] of pairs(from, to)) {
      this.#link(one, other).cut();
      if (options.oneWay !== true) this.#link(other, one).cut();
    }
  }

  heal(a?: Host | readonly Host[], b?: Host | readonly Host[]): void {
    const all = [...this.#hosts];
    const from = a === undefined ? all : this.#group(a, "World.heal");
    const to = b === undefined ? all : this.#group(b, "World.heal");
    for (const [one, other] of pairs(from, to)) {
      this.#link(one, other).mend();
      this.#link(other, one).mend();
    }
  }

  link(a: Host, b: Host, options: NetworkOptions): void {
    const [one, other] = [this.#mine(a, "World.link"), this.#mine(b, "World.link")];
    if (one === other) throw new ValueError(`World.link: "${one.name}" has no link to itself.`);
    for (const link of [this.#link(one, other), this.#link(other, one)]) {
      link.options = linkOptions("World.link", options, link.options);
    }
  }

  disk(host: Host, options: DiskOptions): void {
    const disk = this.#mine(host, "World.disk").site.deviceOf(fileSystem) as SimDisk;
    disk.settings = diskSettings("World.disk", options, disk.settings);
  }

  #link(from: SimHost, to: SimHost): ReturnType<Fabric["link"]> {
    return this.#fabricOfRun.link(from.site, to.site);
  }

  #group(hosts: Host | readonly Host[], who: string): SimHost[] {
    const list = Array.isArray(hosts) ? (hosts as readonly Host[]) : [hosts as Host];
    if (list.length === 0) throw new RuntimeError(`${who}: an empty list of hosts; give at least one.`);
    return list.map((host) => this.#mine(host, who));
  }
}

function* pairs(from: readonly SimHost[], to: readonly SimHost[]): Generator<readonly [SimHost, SimHost]> {
  for (const one of from) for (const other of to) if (one !== other) yield [one, other];
}
