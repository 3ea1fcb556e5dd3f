import type { ComponentChild } from "preact";
import type { Activity, Lane } from "../lanes.ts";
import { taskOf } from "../source-view.ts";
import { recorded } from "../trace.ts";
import { firstAfter } from "./first-after.ts";
import { hueOf } from "./hue.ts";
import { Nothing, Panel } from "./panel.tsx";
import type { Run, Theatre } from "./theatre.ts";
import { useFollowed } from "./use-followed.ts";
import { useWidth } from "./use-width.ts";

const ROW = 22;
const BAR = 13;
const MOST_LANES = 60;
const MOST_ARROWS = 150;
const LEAST_SPAN = 30;

interface Props {
  readonly theatre: Theatre;
  readonly run: Run;
  readonly index: number;
}

/** Which events are in sight, and how many pixels one has. */
interface Sight {
  readonly from: number;
  readonly to: number;
  x(event: number): number;
}

/** A lane for each task: solid while it runs, outlined while it is ready, hatched while it waits. */
export function TimelinePanel({ theatre, run, index }: Props): ComponentChild {
  const [ref, width] = useWidth();
  const length = theatre.lead.value.events.length;
  const span = Math.max(1, Math.min(theatre.span.value, length));
  const from = Math.max(0, Math.min(Math.round(index - span / 2), length - span));
  const sight: Sight = { from, to: from + span, x: (event) => ((event - from) * width) / span };
  const lanes = run.timeline.lanes.filter((lane) => isSeen(lane, sight) && lane.name.includes(theatre.filter.value));
  // Too many to see: those that do something here.
  const busy = lanes.length <= MOST_LANES ? lanes : lanes.filter((lane) => runs(lane, sight));
  const shown = busy.slice(0, MOST_LANES);
  const event = recorded(run.trace)[index - 1];
  const current = event === undefined ? null : taskOf(event);
  const scroll = useFollowed(current);
  const zoom = (factor: number): void => {
    theatre.span.value = Math.max(LEAST_SPAN, Math.min(Math.round(span * factor), length));
  };
  return (
    <Panel title="Timeline" area="timeline" note={<Legend />} tools={<Zoom zoom={zoom} span={span} length={length} />}>
      <div class="scroll timeline" ref={scroll} tabindex={0} role="region" aria-label="A lane for each task">
        <ul class="lane-names">
          {shown.map(({ id, name }) => (
            <li key={id} class={id === current ? "is-current" : ""}>
              <button
                type="button"
                title={name}
                aria-pressed={theatre.stepper.value.selected === id}
                onClick={() => theatre.select(id)}
              >
                <i class={`dot ${hueOf(run, id)}`} />
                {name}
              </button>
            </li>
          ))}
        </ul>
        <div class="lanes" ref={ref}>
          {width > 0 && shown.length > 0 && (
            <Lanes
              run={run}
              lanes={shown}
              sight={sight}
              width={width}
              index={index}
              go={(moment) => theatre.go(moment)}
            />
          )}
          {shown.length === 0 && <Nothing>No task lives here.</Nothing>}
        </div>
        {lanes.length > shown.length && <Nothing>… and {lanes.length - shown.length} more</Nothing>}
      </div>
    </Panel>
  );
}

function isSeen({ stretches }: Lane, { from, to }: Sight): boolean {
  return stretches.length > 0 && stretches[0]!.from < to && stretches.at(-1)!.to > from;
}

function runs({ stretches }: Lane, sight: Sight): boolean {
  for (let i = firstAfter(stretches, ({ to }) => to, sight.from); i < stretches.length; i += 1) {
    if (stretches[i]!.from >= sight.to) return false;
    if (stretches[i]!.activity === "running") return true;
  }
  return false;
}

function Legend(): ComponentChild {
  return (
    <span class="legend">
      {(["running", "ready", "waiting"] as const).map((activity) => (
        <span key={activity}>
          <svg width="18" height="10" aria-hidden="true">
            <Hatches />
            <rect class={`bar is-${activity}`} x=".5" y=".5" width="17" height="9" />
          </svg>
          {activity}
        </span>
      ))}
    </span>
  );
}

function Zoom({ zoom, span, length }: { zoom(factor: number): void; span: number; length: number }): ComponentChild {
  return (
    <span class="tools">
      <button type="button" onClick={() => zoom(2)} disabled={span >= length} aria-label="Show more events">
        −
      </button>
      <button type="button" onClick={() => zoom(1 / 2)} disabled={span <= LEAST_SPAN} aria-label="Show fewer events">
        +
      </button>
    </span>
  );
}

// Diagonal lines on whatever lies below.
function Hatches(): ComponentChild {
  return (
    <defs>
      <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line class="hatch" x1="0" y1="0" x2="0" y2="6" />
      </pattern>
    </defs>
  );
}

interface LanesProps {
  readonly run: Run;
  readonly lanes: readonly Lane[];
  readonly sight: Sight;
  readonly width: number;
  readonly index: number;
  go(event: number): void;
}

function Lanes({ run, lanes, sight, width, index, go }: LanesProps): ComponentChild {
  const height = lanes.length * ROW;
  const onClick = (event: MouseEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    go(sight.from + Math.ceil(((event.clientX - box.left) / width) * (sight.to - sight.from)));
  };
  return (
    <svg width={width} height={height} role="img" onClick={onClick}>
      <title>When each task was ready, ran and waited</title>
      <Hatches />
      <path class="turns" d={turnsPath(run.turns, sight, height)} />
      {lanes.map((lane, row) => (
        <g key={lane.id} class={hueOf(run, lane.id)}>
          {(["waiting", "ready", "running"] as const).map((activity) => {
            const d = barsPath(lane, activity, sight, row * ROW + (ROW - BAR) / 2);
            if (d === "") return null;
            return (
              <g key={activity}>
                <path class={`bar is-${activity}`} d={d} />
                {activity === "waiting" && <path class="hatched" d={d} />}
              </g>
            );
          })}
        </g>
      ))}
      <Arrows run={run} lanes={lanes} sight={sight} />
      <line class="playhead" x1={sight.x(index)} x2={sight.x(index)} y1="0" y2={height} />
    </svg>
  );
}

/** Of what is sorted by the number of its event, that whose event is in sight. */
function inSight<T>(sorted: readonly T[], eventOf: (item: T) => number, { from, to }: Sight): readonly T[] {
  return sorted.slice(firstAfter(sorted, eventOf, from - 1), firstAfter(sorted, eventOf, to - 1));
}

function turnsPath(turns: readonly number[], sight: Sight, height: number): string {
  const seen = inSight(turns, (turn) => turn, sight);
  // Closer than this they are a grey wall.
  if (seen.length > (sight.x(sight.to) - sight.x(sight.from)) / 4) return "";
  return seen.map((turn) => `M${sight.x(turn)} 0v${height}`).join("");
}

/** All the bars of a kind as one path: cheap to draw, however many they are. */
function barsPath({ stretches }: Lane, activity: Activity, sight: Sight, y: number): string {
  let path = "";
  for (let i = firstAfter(stretches, ({ to }) => to, sight.from); i < stretches.length; i += 1) {
    const stretch = stretches[i]!;
    if (stretch.from >= sight.to) break;
    if (stretch.activity !== activity) continue;
    const x = sight.x(Math.max(stretch.from, sight.from));
    const w = sight.x(Math.min(stretch.to, sight.to)) - x;
    path += `M${x.toFixed(1)} ${y}h${w.toFixed(1)}v${BAR}h${(-w).toFixed(1)}z`;
  }
  return path;
}

/** Who puts whom into the ready queue. */
function Arrows({ run, lanes, sight }: Pick<LanesProps, "run" | "lanes" | "sight">): ComponentChild {
  const rows = new Map(lanes.map(({ id }, row) => [id, row]));
  const seen = inSight(run.timeline.wakeUps, ({ at }) => at, sight).filter(
    ({ from, to }) => from !== to && rows.has(from) && rows.has(to),
  );
  if (seen.length > MOST_ARROWS) return null;
  return (
    <path
      class="wake"
      d={seen
        .map(({ at, from, to }) => {
          const [start, end] = [rows.get(from)! * ROW + ROW / 2, rows.get(to)! * ROW + ROW / 2];
          const x = sight.x(at + 0.5);
          const tip = end > start ? end - BAR / 2 : end + BAR / 2;
          const back = end > start ? -4 : 4;
          return `M${x} ${start}V${tip}M${x - 3} ${tip + back}L${x} ${tip}l3 ${back}`;
        })
        .join("")}
    />
  );
}
