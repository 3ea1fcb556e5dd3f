import type { ComponentChild } from "preact";
import { formatTime } from "../../src/inspect/format-time.ts";
import { recorded } from "../../src/inspect/trace.ts";
import { useFollowed } from "../../src/inspect/viewer/use-followed.ts";
import type { Playground } from "./playground.ts";

/** What the program prints, each line with its time; a click goes there. */
export function Output({ playground: { theatre } }: { readonly playground: Playground }): ComponentChild {
  const { index } = theatre.stepper.value;
  const lines = recorded(theatre.runs.value[0]!.trace).flatMap((event, i) =>
    event.kind === "mark" ? [{ at: i + 1, time: event.time, text: event.text }] : [],
  );
  const latest = lines.findLast(({ at }) => at <= index)?.at ?? null;
  const scroll = useFollowed(latest);
  return (
    <section class="output" aria-label="Output">
      <h3>Output</h3>
      <div class="scroll" ref={scroll} tabindex={0} role="region" aria-label="What the program prints">
        <ol>
          {lines.map(({ at, time, text }) => (
            <li key={at} class={`${at > index ? "is-ahead" : ""} ${at === latest ? "is-current" : ""}`}>
              <button type="button" onClick={() => theatre.go(at)}>
                <span class="when">{formatTime(time)} ms</span>
                <code>{text}</code>
              </button>
            </li>
          ))}
        </ol>
        {lines.length === 0 && <p class="nothing">Nothing is printed yet.</p>}
      </div>
    </section>
  );
}
