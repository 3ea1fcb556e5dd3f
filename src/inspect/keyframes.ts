import { Moment } from "./moment.ts";
import type { RecordedEvent } from "./trace.ts";

// A keyframe shares all but what the events before it changed.
const DISTANCE = 256;

const keyframes = new WeakMap<readonly RecordedEvent[], readonly Moment[]>();

/**
 * The state after the first `index` events: from the keyframe before it, at most 255 events further. The first question
 * about a trace lays its keyframes.
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
