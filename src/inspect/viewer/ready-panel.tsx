import type { ComponentChild } from "preact";
import type { View } from "../view.ts";
import { Badge } from "./chip.tsx";
import { hueOfName } from "./hue.ts";
import { Nothing, Panel } from "./panel.tsx";
import type { Run } from "./theatre.ts";

const MOST = 60;

interface Card {
  readonly key: string;
  readonly name: string;
  readonly why: string;
  readonly glyph: string;
}

/** Who runs, and who is next, as a lane of cards that move to the left. */
export function ReadyPanel({ run, view }: { readonly run: Run; readonly view: View }): ComponentChild {
  const cards = cardsOf(view);
  const shown = cards.slice(0, MOST);
  return (
    <Panel
      title="Ready queue"
      area="ready"
      note={noteOf(view.ready.length, shown.length - (view.running === null ? 0 : 1))}
    >
      <div class="lane" tabindex={0} role="region" aria-label="Running, and the ready queue in order">
        <div class="stall" aria-hidden="true">
          running
        </div>
        <ol
          class="cards"
          style={{ width: `calc(var(--step) * ${Math.max(shown.length, 1) + (view.running === null ? 1 : 0)})` }}
        >
          {shown.map((card, i) => {
            const place = view.running === null ? i + 1 : i;
            const role = place === 0 ? "running" : place === 1 ? "next" : `${place}`;
            return (
              <li
                key={card.key}
                class={`card ${place === 0 ? "is-running" : ""} ${place === 1 ? "is-next" : ""}`}
                style={{ transform: `translateX(calc(var(--step) * ${place}))` }}
              >
                <span class="card-name" title={card.name}>
                  <Badge hue={hueOfName(run, view.tasks, card.name)} glyph={card.glyph} />
                  <b>{card.name}</b>
                </span>
                <span class="card-why" title={card.why}>
                  {card.why}
                </span>
                <span class="card-place">{role}</span>
              </li>
            );
          })}
        </ol>
        {view.ready.length === 0 && <Nothing>Nothing is ready.</Nothing>}
      </div>
    </Panel>
  );
}

function noteOf(length: number, shown: number): string {
  return length === shown ? `${length}` : `${length}, of which the first ${shown} are shown`;
}

// The same task keeps its card on the way from the queue to where it runs: so it is seen to move.
function cardsOf({ running, ready }: View): Card[] {
  const seen = new Map<string, number>();
  const keyOf = (name: string): string => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return `${name} ${times}`;
  };
  const first = running === null ? [] : [{ key: keyOf(running), name: running, why: "has its step", glyph: "▶" }];
  return [...first, ...ready.map(({ task, why }) => ({ key: keyOf(task), name: task, why, glyph: "●" }))];
}
