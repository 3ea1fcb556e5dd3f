import { ValueError } from "../../loop/errors.ts";
import { checkProbability } from "../random.ts";

/**
 * What a link does to what goes over it. Connections never lose, repeat or reorder bytes: what the link does to their
 * segments shows as delay, as TCP makes it.
 */
export interface NetworkOptions {
  /** How long a message takes, in milliseconds: `min`, and an exponentially distributed rest. Default: 1 and 5. */
  latency?: { min: number; mean: number };
  /** How likely a segment is lost. It is sent again after 200 ms, then after 400 more, and so on. Default 0. */
  loss?: number;
  /** How likely a message arrives twice, where the protocol lets that be seen: streams do not. Default 0. */
  duplication?: number;
  /** How likely a segment is overtaken by the next: those behind it wait for it. Default 0. */
  reordering?: number;
}

/** Those of a link, all said. @internal */
export interface LinkOptions extends Required<NetworkOptions> {}

/** @internal */
export const DEFAULT_LINK: LinkOptions = { latency: { min: 1, mean: 5 }, loss: 0, duplication: 0, reordering: 0 };

/** What a machine says to itself arrives at once. @internal */
export const LOOPBACK: LinkOptions = { latency: { min: 0, mean: 0 }, loss: 0, duplication: 0, reordering: 0 };

/** @internal @throws {ValueError} When a probability is none, or a latency cannot be. */
export function linkOptions(who: string, options: NetworkOptions, base: LinkOptions): LinkOptions {
  const { latency = base.latency, ...probabilities } = options;
  const { min, mean } = latency;
  if (!Number.isFinite(mean) || !(min >= 0) || !(mean >= min)) {
    throw new ValueError(
      `${who}: a latency is { min, mean }, in milliseconds, 0 <= min <= mean, not { min: ${min}, mean: ${mean} }.`,
    );
  }
  for (const kind of ["loss", "duplication", "reordering"] as const) {
    checkProbability(`${who}: ${kind}`, probabilities[kind] ?? 0);
  }
  return { ...base, ...probabilities, latency };
}
