import { type SocketName, describeName } from "../../io/network.ts";
import type { NetworkFault } from "./channel.ts";

/** What Node would have said. @internal */
export function networkFault(code: string, name: SocketName): NetworkFault {
  return Object.assign(new Error(`${code} ${describeName(name)} (simulated)`), { code });
}
