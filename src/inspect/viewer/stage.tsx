import type { ComponentChild } from "preact";
import { viewAt } from "../view.ts";
import { ReadyPanel } from "./ready-panel.tsx";
import { SourcePanel } from "./source-panel.tsx";
import { TasksPanel } from "./tasks-panel.tsx";
import type { Run, Theatre } from "./theatre.ts";
import { TimelinePanel } from "./timeline-panel.tsx";
import { TimersPanel } from "./timers-panel.tsx";
import { Narration } from "./transport.tsx";

/** One run at the moment where the watcher is: its panels, always in the same place. */
export function Stage({ theatre, run }: { readonly theatre: Theatre; readonly run: Run }): ComponentChild {
  const { index: asked, speed } = theatre.stepper.value;
  const index = Math.min(asked, run.trace.events.length);
  const view = viewAt(run.trace, index);
  const compared = theatre.runs.value.length > 1;
  return (
    <section class="stage" aria-label={run.name}>
      {compared && (
        <div class="stage-head">
          <h2>{run.name}</h2>
          <Narration run={run} index={asked} quiet={speed > 1} />
        </div>
      )}
      <div class="panels">
        <SourcePanel theatre={theatre} run={run} view={view} index={index} />
        <ReadyPanel run={run} view={view} />
        <TimersPanel theatre={theatre} run={run} view={view} index={index} />
        <TasksPanel theatre={theatre} run={run} view={view} index={index} />
        <TimelinePanel theatre={theatre} run={run} index={index} />
      </div>
    </section>
  );
}
