import type { ContextVar } from "../../loop/context.ts";
import type { Site } from "./channel.ts";
import { disks } from "./disk.ts";
import { webServers } from "./http.ts";
import { streams } from "./streams.ts";
import { sockets } from "./websocket.ts";

/** What a machine's programs reach in place of the host's. @internal */
export interface Device {
  /** The same over all restarts of the machine. */
  readonly value: object;
  /** The machine has crashed. */
  crashed?(): void;
}

/** A kind of device, of which every machine has one. @internal */
export interface DeviceKind {
  readonly variable: ContextVar<any>;
  plug(site: Site): Device;
}

/** @internal */
export const DEVICES: readonly DeviceKind[] = [streams, disks, webServers, sockets];
