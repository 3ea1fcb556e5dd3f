import type { ComponentChild } from "preact";
import { type HeapTimer, timerHeapAt } from "../binary-heap.ts";
import { formatTime } from "../format-time.ts";
import type { View } from "../view.ts";
import { Badge } from "./chip.tsx";
import { HeapPicture } from "./heap-picture.tsx";
import { hueOf, hueOfName } from "./hue.ts";
import { Nothing, Panel } from "./panel.tsx";
import type { Run, Theatre } from "./theatre.ts";

const MOST = 100;

interface Props {
  readonly theatre: Theatre;
  readonly run: Run;
  readonly view: View;
  readonly index: number;
}

/** The timers: by deadline, or as the heap holds them. */
export function TimersPanel({ theatre, run, view, index }: Props): ComponentChild {
  const { timers } = theatre;
  const show = (what: "list" | "heap") => ({
    label: what === "list" ? "Timers" : "Heap",
    chosen: timers.value === what,
    choose: () => (timers.value = what),
  });
  return (
    <Panel title="Timers" area="timers" note={view.timers.length} choices={[show("list"), show("heap")]}>
      {timers.value === "list" ? (
        <TimerList run={run} view={view} />
      ) : (
        <Heap run={run} heap={timerHeapAt(run.trace, index)} />
      )}
    </Panel>
  );
}

function TimerList({ run, view }: { readonly run: Run; readonly view: View }): ComponentChild {
  if (view.timers.length === 0) return <Nothing>No timer is set.</Nothing>;
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Timers by deadline">
      <ol class="timers">
        {view.timers.slice(0, MOST).map(({ when, task, label }, i) => (
          <li key={i}>
            <span class="glyph" aria-hidden="true">
              ◷
            </span>
            <span class="when">{formatTime(when)}</span>
            <Badge hue={hueOfName(run, view.tasks, task)} glyph="" />
            <span class="who">
              {task}
              {task !== label && <small> {label}</small>}
            </span>
            <span class="left">{whenLeft(when - view.time)}</span>
          </li>
        ))}
      </ol>
      {view.timers.length > MOST && <Nothing>… and {view.timers.length - MOST} more</Nothing>}
    </div>
  );
}

function whenLeft(left: number): string {
  if (left === Infinity) return "";
  return left <= 0 ? "due" : `in ${formatTime(left)}`;
}

function Heap({ run, heap }: { readonly run: Run; readonly heap: readonly HeapTimer[] }): ComponentChild {
  if (heap.length === 0) return <Nothing>The heap is empty.</Nothing>;
  const names = new Map(run.timeline.lanes.map(({ id, name }) => [id, name]));
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="The timers as a binary heap">
      <HeapPicture
        heap={heap}
        nameOf={({ by, label }) => (by === null ? label : (names.get(by) ?? label))}
        hueOf={({ by }) => (by === null ? "no-hue" : hueOf(run, by))}
      />
      <p class="hint">As asyncio’s heapq holds them: no parent is due after its children.</p>
    </div>
  );
}
