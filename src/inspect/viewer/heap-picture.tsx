import type { ComponentChild } from "preact";
import type { HeapTimer } from "../binary-heap.ts";
import { formatTime } from "../format-time.ts";
import { shortened } from "./shortened.ts";
import { useWidth } from "./use-width.ts";

const LEVELS = 4;
const ROW = 41;
const HEIGHT = 35;
const BETWEEN = 14;
const NARROWEST = 76;
const WIDEST = 150;
const CHARACTER = 6.2;

interface Props {
  readonly heap: readonly HeapTimer[];
  nameOf(timer: HeapTimer): string;
  hueOf(timer: HeapTimer): string;
}

/** The top of a binary heap as a tree that grows to the right. A timer that changes its place is seen to move. */
export function HeapPicture({ heap, nameOf, hueOf }: Props): ComponentChild {
  const [box, room] = useWidth();
  const shown = heap.slice(0, 2 ** LEVELS - 1);
  const levels = Math.floor(Math.log2(shown.length)) + 1;
  const node = Math.max(NARROWEST, Math.min((room - 24 + BETWEEN) / levels - BETWEEN, WIDEST));
  const width = levels * (node + BETWEEN) - BETWEEN + 4;
  const height = 2 ** (levels - 1) * ROW;
  const at = (place: number): readonly [x: number, y: number] => {
    const level = Math.floor(Math.log2(place + 1));
    const row = place + 1 - 2 ** level;
    return [level * (node + BETWEEN) + 2, ((row + 0.5) * height) / 2 ** level];
  };
  return (
    <div class="heap-box" ref={box}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img">
        <title>{`A binary heap of ${heap.length} timers; first ${formatTime(heap[0]!.when)}`}</title>
        {shown.slice(1).map((_, i) => {
          const [x, y] = at(i + 1);
          const [parentX, parentY] = at(i >> 1);
          const [start, middle] = [parentX + node, (parentX + node + x) / 2];
          return (
            <path key={i} d={`M${start} ${parentY}C${middle} ${parentY} ${middle} ${y} ${x} ${y}`} class="branch" />
          );
        })}
        {shown.map((timer, place) => {
          const [x, y] = at(place);
          const when = formatTime(timer.when);
          const name = nameOf(timer);
          return (
            <g
              key={timer.timer}
              class={`heap-node ${timer.cancelled ? "is-cancelled" : ""}`}
              style={{ transform: `translate(${x}px, ${y - HEIGHT / 2}px)` }}
            >
              <title>{`${when} ${name}${timer.cancelled ? ", cancelled" : ""}`}</title>
              <rect width={node} height={HEIGHT} rx="5" />
              <text x="7" y="14.5" class="heap-when">
                {timer.cancelled ? "✕ " : ""}
                {when}
              </text>
              <rect class={`swatch ${hueOf(timer)}`} x="7" y="20" width="9" height="9" rx="2" />
              <text x="20" y="28.5" class="heap-name">
                {shortened(name, Math.floor((node - 24) / CHARACTER))}
              </text>
            </g>
          );
        })}
      </svg>
      {heap.length > shown.length && <p class="hint">{heap.length - shown.length} more lie behind.</p>}
    </div>
  );
}
