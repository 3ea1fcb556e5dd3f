import type { Awaitable } from "../../future/awaitable.ts";
import type { Host } from "../world.ts";
import type { MachineSite } from "./machine-site.ts";
import type { SimWorld } from "./sim-world.ts";

/** A machine, in the hands of whoever plays fate. @internal */
export class SimHost implements Host {
  readonly #world: SimWorld;
  readonly site: MachineSite;
  readonly program: () => Awaitable<unknown>;

  constructor(world: SimWorld, site: MachineSite, program: () => Awaitable<unknown>) {
    this.#world = world;
    this.site = site;
    this.program = program;
  }

  get name(): string {
    return this.site.name;
  }

  get up(): boolean {
    return this.site.up;
  }

  crash(): void {
    this.#world.crash(this, "Host.crash");
  }

  restart(): void {
    this.#world.restart(this, "Host.restart");
  }

  pause(): void {
    this.#world.pause(this, "Host.pause");
  }

  resume(): void {
    this.#world.resume(this, "Host.resume");
  }

  skewClock(milliseconds: number, drift = 0): void {
    this.#world.skewClock(this, milliseconds, drift);
  }

  toString(): string {
    return `<Host ${this.name} ${this.up ? (this.site.paused ? "paused" : "up") : "down"}>`;
  }
}
