import type { ComponentChild } from "preact";
import type { FlagKind } from "../flags.ts";
import { narrate } from "../narrate.ts";
import type { Run, Theatre } from "./theatre.ts";
import { useWidth } from "./use-width.ts";

// Half of the thumb: a range's ends are that far from the box's.
const EDGE = 9;
const LEAST_GAP = 9;

const FLAG_GLYPHS = {
  failed: "!",
  cancelled: "✕",
  mark: "⚑",
  ended: "■",
} as const satisfies Readonly<Record<FlagKind, string>>;

/** What happens, in a sentence; and the way to any other moment. */
export function Transport({ theatre }: { readonly theatre: Theatre }): ComponentChild {
  const { index, speed } = theatre.stepper.value;
  const length = theatre.lead.value.events.length;
  const compared = theatre.runs.value.length > 1;
  const notice = theatre.notice.value;
  return (
    <footer class="transport">
      {compared && notice !== "" && <p class="narration">{notice}</p>}
      {!compared && <Narration run={theatre.runs.value[0]!} index={index} quiet={speed > 1} notice={notice} />}
      <div class="controls">
        <Buttons theatre={theatre} />
        <Scrubber theatre={theatre} index={index} length={length} />
      </div>
    </footer>
  );
}

interface NarrationProps {
  readonly run: Run;
  readonly index: number;
  /** Too fast to be read out. */
  readonly quiet: boolean;
  readonly notice?: string;
}

/** The sentence on the last event; screen readers say it. */
export function Narration({ run, index, quiet, notice = "" }: NarrationProps): ComponentChild {
  const { trace } = run;
  const over = index > trace.events.length;
  const sentence = over ? "This run is over." : index === 0 ? "Nothing has happened yet." : narrate(trace, index - 1);
  return (
    <p class="narration" role="status" aria-live={quiet ? "off" : "polite"}>
      {notice === "" ? sentence : notice}
    </p>
  );
}

const BUTTONS: readonly (readonly [key: string, glyph: string, label: string])[] = [
  ["home", "⇤", "To the beginning"],
  ["shift-left", "«", "Back one turn"],
  ["left", "‹", "Back one event"],
  ["space", "▶", "Play"],
  ["right", "›", "Next event"],
  ["shift-right", "»", "Next turn"],
  ["end", "⇥", "To the end"],
];

function Buttons({ theatre }: { readonly theatre: Theatre }): ComponentChild {
  const playing = theatre.stepper.value.speed > 0;
  return (
    <div class="buttons">
      {BUTTONS.map(([key, glyph, label]) => (
        <button
          key={key}
          type="button"
          class={key === "space" ? "play" : ""}
          aria-label={key === "space" && playing ? "Pause" : label}
          title={key === "space" && playing ? "Pause" : label}
          onClick={() => theatre.press(key)}
        >
          {key === "space" && playing ? "❚❚" : glyph}
        </button>
      ))}
    </div>
  );
}

interface ScrubberProps {
  readonly theatre: Theatre;
  readonly index: number;
  readonly length: number;
}

function Scrubber({ theatre, index, length }: ScrubberProps): ComponentChild {
  const [ref, width] = useWidth();
  const x = (event: number): number => EDGE + (event / Math.max(length, 1)) * (width - 2 * EDGE);
  const run = theatre.runs.value[0]!;
  const divergence = theatre.divergence.value;
  const turns = run.turns.length * 3 > width ? [] : run.turns;
  return (
    <div class="scrubber" ref={ref}>
      <svg class="marks" width={width} height="22" aria-hidden="true">
        <path class="turns" d={turns.map((turn) => `M${x(turn + 1).toFixed(1)} 15v7`).join("")} />
        {spaced(run.flags, x).map(({ index: at, kind }) => (
          <text key={at} x={x(at + 1)} y="11" class={`flag is-${kind}`} onClick={() => theatre.go(at + 1)}>
            {FLAG_GLYPHS[kind]}
          </text>
        ))}
        {divergence !== null && (
          <text x={x(divergence.index + 1)} y="11" class="flag is-failed" onClick={() => theatre.goToDivergence()}>
            ≠
          </text>
        )}
      </svg>
      <input
        type="range"
        min={0}
        max={length}
        value={index}
        aria-label="Event"
        aria-valuetext={`event ${index} of ${length}`}
        style={{ "--done": `${(index / Math.max(length, 1)) * 100}%` }}
        onInput={({ currentTarget }) => theatre.go(Number(currentTarget.value))}
      />
    </div>
  );
}

/** Of flags that would lie on each other, the first, or the first that tells of a failure. */
function spaced<F extends { readonly index: number; readonly kind: FlagKind }>(
  flags: readonly F[],
  x: (event: number) => number,
): F[] {
  const shown: F[] = [];
  for (const flag of flags) {
    const last = shown.at(-1);
    if (last === undefined || x(flag.index) - x(last.index) >= LEAST_GAP) shown.push(flag);
    else if (flag.kind === "failed" && last.kind !== "failed") shown[shown.length - 1] = flag;
  }
  return shown;
}
