import type { ComponentChild } from "preact";
import { GLYPHS, describeDeadlocks } from "../describe-view.ts";
import type { TaskView } from "../moment.ts";
import { placeOf } from "../places.ts";
import { taskOf } from "../source-view.ts";
import { treeOf } from "../task-tree.ts";
import { recorded } from "../trace.ts";
import { layoutWaits } from "../wait-layout.ts";
import { deadlocksIn } from "../wait-graph.ts";
import type { View } from "../view.ts";
import { Badge } from "./chip.tsx";
import { hueOf } from "./hue.ts";
import { Nothing, Panel } from "./panel.tsx";
import type { Run, Theatre } from "./theatre.ts";
import { useFollowed } from "./use-followed.ts";
import { WaitsPicture } from "./waits-picture.tsx";

const MOST = 200;
const DEEPEST = 12;

interface Props {
  readonly theatre: Theatre;
  readonly run: Run;
  readonly view: View;
  readonly index: number;
}

/** The tasks: under those that made them, or who waits for whom. */
export function TasksPanel({ theatre, run, view, index }: Props): ComponentChild {
  const { graph } = theatre.stepper.value;
  const show = (what: "tree" | "waits", label: string) => ({
    label,
    chosen: graph === what,
    choose: () => {
      if (theatre.stepper.value.graph !== what) theatre.press("a");
    },
  });
  const rings = describeDeadlocks(view.tasks);
  return (
    <Panel
      title="Tasks"
      area="tasks"
      note={view.tasks.length}
      choices={[show("tree", "Tasks"), show("waits", "Who waits for whom")]}
      tools={<Filter theatre={theatre} />}
    >
      {rings.map((ring) => (
        <p key={ring} class="deadlock">
          {ring}
        </p>
      ))}
      {graph === "tree" ? (
        <TaskTree theatre={theatre} run={run} view={view} index={index} />
      ) : (
        <Waits theatre={theatre} run={run} view={view} index={index} />
      )}
    </Panel>
  );
}

function Filter({ theatre }: { readonly theatre: Theatre }): ComponentChild {
  return (
    <input
      type="search"
      placeholder="filter"
      aria-label="Show the tasks whose name has"
      value={theatre.filter.value}
      onInput={({ currentTarget }) => (theatre.filter.value = currentTarget.value)}
      onKeyDown={({ key, currentTarget }) => {
        if (key === "Escape" || key === "Enter") currentTarget.blur();
      }}
    />
  );
}

function TaskTree({ theatre, run, view, index }: Props): ComponentChild {
  const locked = new Set(deadlocksIn(view.tasks).flat());
  const rows = treeOf(view.tasks).filter(({ task }) => task.name.includes(theatre.filter.value));
  const event = recorded(run.trace)[index - 1];
  const current = event === undefined ? null : taskOf(event);
  const scroll = useFollowed(current);
  if (rows.length === 0) return <Nothing>{view.tasks.length === 0 ? "No task yet." : "No task is called so."}</Nothing>;
  const middle = rows.findIndex(({ task }) => task.id === current);
  const first = Math.max(0, Math.min(middle - MOST / 2, rows.length - MOST));
  return (
    <div class="scroll" ref={scroll} tabindex={0} role="region" aria-label="Tasks under those that made them">
      <ul class="tasks">
        {rows.slice(first, first + MOST).map(({ task, depth }) => (
          <li
            key={task.id}
            class={task.id === current ? "is-current" : ""}
            style={{ "--depth": Math.min(depth, DEEPEST) }}
          >
            <TaskRow theatre={theatre} run={run} task={task} locked={locked.has(task)} />
          </li>
        ))}
      </ul>
      {rows.length > MOST && <Nothing>… and {rows.length - MOST} more: filter them</Nothing>}
    </div>
  );
}

interface RowProps {
  readonly theatre: Theatre;
  readonly run: Run;
  readonly task: TaskView;
  readonly locked: boolean;
}

function TaskRow({ theatre, run, task, locked }: RowProps): ComponentChild {
  const place = task.state === "waiting" ? placeOf(task.frames) : null;
  return (
    <button
      type="button"
      class={`task is-${task.state} ${locked ? "is-locked" : ""}`}
      aria-pressed={theatre.stepper.value.selected === task.id}
      onClick={() => theatre.select(task.id)}
    >
      <Badge hue={hueOf(run, task.id)} glyph={GLYPHS[task.state]} />
      <span class="task-name">{task.name}</span>
      <span class="task-state">
        {task.waitsFor ?? task.state}
        {task.cancelling > 0 && task.state !== "cancelled" && <em> asked to cancel</em>}
      </span>
      {place !== null && <span class="task-line">line {place.line}</span>}
    </button>
  );
}

function Waits({ theatre, run, view }: Props): ComponentChild {
  const { filter } = theatre;
  const layout = layoutWaits(view.tasks.filter(({ name }) => name.includes(filter.value)));
  if (layout.nodes.length === 0) return <Nothing>No task waits for another.</Nothing>;
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Who waits for whom">
      <WaitsPicture theatre={theatre} run={run} layout={layout} />
    </div>
  );
}
