import type { ComponentChild } from "preact";
import { GLYPHS } from "../describe-view.ts";
import type { TaskView } from "../moment.ts";
import { hueOf } from "./hue.ts";
import type { Run } from "./theatre.ts";

/** A task's colour, with the shape that says its state. */
export function Badge({ hue, glyph }: { readonly hue: string | null; readonly glyph: string }): ComponentChild {
  return (
    <span class={`badge ${hue ?? "no-hue"}`} aria-hidden="true">
      {glyph}
    </span>
  );
}

/** A task: colour, state, name. */
export function Chip({ run, task }: { readonly run: Run; readonly task: TaskView }): ComponentChild {
  return (
    <span class="chip" title={task.name}>
      <Badge hue={hueOf(run, task.id)} glyph={GLYPHS[task.state]} />
      <span class="chip-name">{task.name}</span>
    </span>
  );
}
