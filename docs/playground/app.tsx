import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import { viewAt } from "../../src/inspect/view.ts";
import { Clocks, Difference, Tools } from "../../src/inspect/viewer/app.tsx";
import { Dialog, Dialogs } from "../../src/inspect/viewer/dialogs.tsx";
import { Panel } from "../../src/inspect/viewer/panel.tsx";
import { ReadyPanel } from "../../src/inspect/viewer/ready-panel.tsx";
import { Story } from "../../src/inspect/viewer/source-panel.tsx";
import { Stage } from "../../src/inspect/viewer/stage.tsx";
import { TasksPanel } from "../../src/inspect/viewer/tasks-panel.tsx";
import { TimelinePanel } from "../../src/inspect/viewer/timeline-panel.tsx";
import { TimersPanel } from "../../src/inspect/viewer/timers-panel.tsx";
import { Transport } from "../../src/inspect/viewer/transport.tsx";
import { Editor } from "./editor.tsx";
import { EXAMPLES, LESSON_EXAMPLES, exampleNamed } from "./examples.ts";
import { LessonStrip } from "./lesson-strip.tsx";
import { Output } from "./output.tsx";
import type { Playground } from "./playground.ts";

interface Props {
  readonly playground: Playground;
}

/** The whole page: the program on the left, the theatre of its run around it; two runs where something was decided otherwise. */
export function App({ playground }: Props): ComponentChild {
  const { theatre } = playground;
  const pupil = playground.pupil.value;
  const isCompared = theatre.runs.value.length > 1;
  return (
    <div class={`theatre playground ${isCompared ? "is-compared" : ""}`}>
      <Top playground={playground} />
      <Said playground={playground} />
      {pupil !== null && !isCompared && <LessonStrip playground={playground} pupil={pupil} />}
      {isCompared && (
        <div class="compared">
          <Difference theatre={theatre} />
          <button type="button" class="primary" onClick={() => playground.closeOther()}>
            Back to the program
          </button>
        </div>
      )}
      <main class="stages">
        {isCompared ? (
          theatre.runs.value.map((run, i) => <Stage key={i} theatre={theatre} run={run} />)
        ) : (
          <Bench playground={playground} />
        )}
      </main>
      <Transport theatre={theatre} />
      <Dialogs theatre={theatre} />
      {playground.isAsking.value && <WhatIf playground={playground} />}
    </div>
  );
}

function Top({ playground }: Props): ComponentChild {
  const { running, example } = playground;
  return (
    <header class="top">
      <h1>
        <span class="brand">escapement</span>
        <span class="program">playground</span>
      </h1>
      <div class="doings">
        <select
          aria-label="Program or lesson"
          value={example.value?.name ?? ""}
          onChange={({ currentTarget }) => void playground.open(exampleNamed(currentTarget.value)!)}
        >
          {example.value === null && <option value="">from a link</option>}
          <optgroup label="Programs">
            {EXAMPLES.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </optgroup>
          <optgroup label="Lessons: who runs next?">
            {LESSON_EXAMPLES.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </optgroup>
        </select>
        {running.value === null ? (
          <button type="button" class="primary" title="Run (Ctrl+Enter)" onClick={() => void playground.run()}>
            ▶ Run
          </button>
        ) : (
          <button type="button" class="primary" onClick={() => playground.stop()}>
            ■ Stop
          </button>
        )}
        <button type="button" title="What if? (x)" onClick={() => playground.askWhatIf()}>
          What if?
        </button>
        <button type="button" title="A link that holds the program" onClick={() => void playground.share()}>
          Share
        </button>
      </div>
      <Tools theatre={playground.theatre} />
    </header>
  );
}

function Said({ playground: { message } }: Props): ComponentChild {
  if (message.value === null) return null;
  const { kind, text } = message.value;
  return (
    <div class={kind === "alarm" ? "problem" : "said"} role={kind === "alarm" ? "alert" : "status"}>
      <p>{text}</p>
      <button type="button" aria-label="Close" onClick={() => (message.value = null)}>
        ✕
      </button>
    </div>
  );
}

/** The program, and its run at the moment where the watcher is. */
function Bench({ playground }: Props): ComponentChild {
  const { theatre, pupil } = playground;
  const run = theatre.runs.value[0]!;
  const index = Math.min(theatre.stepper.value.index, run.trace.events.length);
  const view = viewAt(run.trace, index);
  const answer = ({ target }: MouseEvent): void => {
    const card = (target as Element).closest(".card");
    const name = card?.querySelector("b")?.textContent;
    if (name !== undefined) pupil.value?.answer(name);
  };
  return (
    <section class="stage" aria-label="The program and its run">
      <div class={`panels ${pupil.value?.stage.value.at === "question" ? "is-asking" : ""}`} onClick={answer}>
        <ProgramPanel playground={playground} index={index} />
        <div class="panel-clocks">
          <Clocks theatre={theatre} run={run} />
        </div>
        <ReadyPanel run={run} view={view} />
        <TimersPanel theatre={theatre} run={run} view={view} index={index} />
        <TasksPanel theatre={theatre} run={run} view={view} index={index} />
        <TimelinePanel theatre={theatre} run={run} index={index} />
      </div>
    </section>
  );
}

function ProgramPanel({ playground, index }: Props & { readonly index: number }): ComponentChild {
  const { theatre, isFresh } = playground;
  const { left } = theatre;
  const show = (what: "source" | "story", label: string) => ({
    label,
    chosen: left.value === what,
    choose: () => (left.value = what),
  });
  const choices = [show("source", "Program"), show("story", "Story")];
  return (
    <Panel
      title="Program"
      area="source"
      choices={choices}
      note={isFresh.value ? null : "not run yet: Ctrl+Enter runs it"}
    >
      {left.value === "story" ? (
        <Story theatre={theatre} run={theatre.runs.value[0]!} index={index} />
      ) : (
        <Editor playground={playground} />
      )}
      <Output playground={playground} />
    </Panel>
  );
}

function WhatIf({ playground }: Props): ComponentChild {
  const [alternatives] = useState(playground.alternatives);
  return (
    <Dialog title="What if, at this moment …" close={() => (playground.isAsking.value = false)}>
      <ul class="alternatives">
        {alternatives.map((alternative, i) => (
          <li key={alternative.label}>
            <button type="button" autofocus={i === 0} onClick={() => void playground.decide(alternative)}>
              {alternative.label}
            </button>
          </li>
        ))}
      </ul>
      <p class="hint">
        {alternatives.length === 0
          ? "Nothing is left to decide here. Go back a little."
          : "The program runs again, as it did up to here; both runs then stand side by side."}
      </p>
    </Dialog>
  );
}
