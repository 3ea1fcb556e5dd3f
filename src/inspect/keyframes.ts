import { Moment } from "./moment.ts";
import { type RecordedEvent, type Trace, recorded } from "./trace.ts";

// A keyframe shares all but what the events before it changed.
const DISTANCE = 256;

const keyframes = new WeakMap<readonly RecordedEvent[], readonly Moment[]>();

/**
 * The same trace, with its keyframes laid: so that the first question about it is answered as fast as any other.
 *
 * @internal
 */
export function withKeyframes(trace: Trace): Trace {
  layKeyframes(recorded(trace));
  return trace;
}

/**
 * The state after the first `index` events: from the keyframe before it, at most 255 events further.
 *
 * @internal
 */
export function momentAt(events: readonly RecordedEvent[], index: number): Moment {
  const frames = keyframes.get(events) ?? layKeyframes(events);
  const nearest = Math.floor(index / DISTANCE);
  const moment = frames[nearest]!.copy();
  for (let i = nearest * DISTANCE; i < index; i += 1) moment.apply(events[i]!);
  return moment;
}

function layKeyframes(events: readonly RecordedEvent[]): readonly Moment[] {
  const moment = new Moment();
  const frames: Moment[] = [];
  for (let index = 0; index <= events.length; index += 1) {
    if (index % DISTANCE === 0) frames.push(moment.copy());
    if (index < events.length) moment.apply(events[index]!);
  }
  keyframes.set(events, frames);
  return frames;
}
