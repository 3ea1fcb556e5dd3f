import type { ComponentChild } from "preact";
import { useMemo } from "preact/hooks";
import { narrateAll } from "../narrate.ts";
import { currentPlace, parkedIn } from "../source-view.ts";
import type { TaskView } from "../moment.ts";
import type { View } from "../view.ts";
import { Chip } from "./chip.tsx";
import { highlighted } from "./highlight.ts";
import { Nothing, Panel } from "./panel.tsx";
import type { Run, Theatre } from "./theatre.ts";
import { useFollowed } from "./use-followed.ts";

const MOST_PARKED = 3;

interface Props {
  readonly theatre: Theatre;
  readonly run: Run;
  readonly view: View;
  readonly index: number;
}

/** The program: the line where it is, and beside their lines the tasks that wait there. Or its story, in sentences. */
export function SourcePanel({ theatre, run, view, index }: Props): ComponentChild {
  const { left } = theatre;
  const place = currentPlace(run.trace, view.tasks, index);
  const file = place?.file ?? Object.keys(run.trace.sources)[0];
  const hasSource = Object.keys(run.trace.sources).length > 0;
  const shown = hasSource ? left.value : "story";
  const show = (what: "source" | "story", label: string) => ({
    label,
    chosen: shown === what,
    choose: () => (left.value = what),
  });
  return (
    <Panel
      title="Source"
      area="source"
      note={shown === "source" && file !== undefined ? <code>{file.split(/[/\\]/).at(-1)}</code> : null}
      choices={[...(hasSource ? [show("source", "Source")] : []), show("story", "Story")]}
    >
      {shown === "source" && file !== undefined ? (
        <Source run={run} view={view} file={file} line={place?.line ?? null} />
      ) : (
        <Story theatre={theatre} run={run} index={index} />
      )}
    </Panel>
  );
}

interface SourceProps {
  readonly run: Run;
  readonly view: View;
  readonly file: string;
  readonly line: number | null;
}

function Source({ run, view, file, line }: SourceProps): ComponentChild {
  const text = run.trace.sources[file];
  const code = useMemo(() => highlighted((text ?? "").trimEnd()).map(lineOfCode), [text]);
  const scroll = useFollowed(line);
  if (text === undefined) return <Nothing>The trace does not have the text of {file}.</Nothing>;
  const parked = parkedIn(view.tasks, file);
  return (
    <div class="scroll" ref={scroll} tabindex={0} role="region" aria-label="The source">
      <ol class="code">
        {code.map((vnode, i) => (
          <li key={i} class={i + 1 === line ? "is-current" : ""} aria-current={i + 1 === line ? "step" : undefined}>
            <span class="number">{i + 1}</span>
            {vnode}
            <Parked run={run} tasks={parked.get(i + 1) ?? []} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Parked({ run, tasks }: { readonly run: Run; readonly tasks: readonly TaskView[] }): ComponentChild {
  if (tasks.length === 0) return null;
  return (
    <span class="parked">
      {tasks.slice(0, MOST_PARKED).map((task) => (
        <Chip key={task.id} run={run} task={task} />
      ))}
      {tasks.length > MOST_PARKED && <span class="chip">+{tasks.length - MOST_PARKED}</span>}
    </span>
  );
}

function lineOfCode(tokens: ReturnType<typeof highlighted>[number]): ComponentChild {
  return (
    <code>{tokens.map(({ kind, text }) => (kind === "" ? text : <span class={`token-${kind}`}>{text}</span>))}</code>
  );
}

// Sentences before and after the one that is told.
const BEFORE = 40;
const AFTER = 30;

/** The run in sentences: a click on one goes there. */
export function Story({
  theatre,
  run,
  index,
}: {
  readonly theatre: Theatre;
  readonly run: Run;
  readonly index: number;
}): ComponentChild {
  const from = Math.max(0, index - BEFORE);
  const sentences = narrateAll(run.trace, from, index + AFTER);
  const scroll = useFollowed(index);
  if (run.trace.events.length === 0) return <Nothing>Nothing happens in this run.</Nothing>;
  return (
    <div class="scroll" ref={scroll} tabindex={0} role="region" aria-label="The story">
      <ol class="story">
        {sentences.map((sentence, i) => {
          const number = from + i + 1;
          const isTurn = run.trace.events[number - 1]!.kind === "iteration";
          return (
            <li key={number} class={`${number === index ? "is-current" : ""} ${number > index ? "is-ahead" : ""}`}>
              <button type="button" onClick={() => theatre.go(number)} class={isTurn ? "is-turn" : ""}>
                <span class="number">{number}</span>
                {sentence}
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
