import type { ComponentChild } from "preact";
import { formatTime } from "../format-time.ts";
import { Dialogs } from "./dialogs.tsx";
import { Stage } from "./stage.tsx";
import type { DialogName, Run, Theatre } from "./theatre.ts";
import { Transport } from "./transport.tsx";

/** The whole page. */
export function App({ theatre }: { readonly theatre: Theatre }): ComponentChild {
  const runs = theatre.runs.value;
  const [first] = runs;
  document.title = runs.map(({ name }) => name).join(" | ") || "escapement";
  if (first === undefined) return <p class="nothing">There is no run in this page.</p>;
  return (
    <div class={`theatre ${runs.length > 1 ? "is-compared" : ""}`}>
      <Header theatre={theatre} run={first} />
      <Problems problems={theatre.problems.value} />
      {runs.length > 1 && <Difference theatre={theatre} />}
      <main class="stages">
        {runs.map((run, i) => (
          <Stage key={i} theatre={theatre} run={run} />
        ))}
      </main>
      <Transport theatre={theatre} />
      <Dialogs theatre={theatre} />
    </div>
  );
}

const MOST_PROBLEMS = 3;

function Problems({ problems }: { readonly problems: readonly string[] }): ComponentChild {
  if (problems.length === 0) return null;
  return (
    <div class="problem" role="alert">
      {problems.slice(0, MOST_PROBLEMS).map((problem) => (
        <p key={problem}>{problem}</p>
      ))}
      {problems.length > MOST_PROBLEMS && <p>… and {problems.length - MOST_PROBLEMS} more.</p>}
    </div>
  );
}

const TOOLS: readonly (readonly [dialog: DialogName, label: string, key: string])[] = [
  ["go", "Go to", "g"],
  ["break", "Break", "b"],
  ["compare", "Compare", "c"],
  ["export", "Export", "e"],
  ["keys", "Keys", "?"],
];

function Header({ theatre, run }: { readonly theatre: Theatre; readonly run: Run }): ComponentChild {
  return (
    <header class="top">
      <h1>
        <span class="brand">escapement</span>
        <span class="program">{run.name.split(/[/\\]/).at(-1)}</span>
      </h1>
      <Clocks theatre={theatre} run={run} />
      <Tools theatre={theatre} />
    </header>
  );
}

/** Where and when it is. */
export function Clocks({ theatre, run }: { readonly theatre: Theatre; readonly run: Run }): ComponentChild {
  const index = Math.min(theatre.stepper.value.index, run.trace.events.length);
  const event = run.trace.events[index - 1];
  return (
    <dl class="clocks">
      <Clock label="turn" value={`${event?.iteration ?? 0}`} />
      <Clock label="event" value={`${theatre.stepper.value.index}`} of={`${theatre.lead.value.events.length}`} />
      <Clock label={`${clockOf(run)} clock`} value={formatTime(event?.time ?? 0)} unit="ms" />
      <HostClock run={run} iteration={event?.iteration ?? 0} />
    </dl>
  );
}

/** What opens the dialogs, and turns the light on and off. */
export function Tools({ theatre }: { readonly theatre: Theatre }): ComponentChild {
  return (
    <nav class="tools">
      {TOOLS.map(([dialog, label, key]) => (
        <button key={dialog} type="button" title={`${label} (${key})`} onClick={() => (theatre.dialog.value = dialog)}>
          {label}
        </button>
      ))}
      <ThemeButton />
    </nav>
  );
}

interface ClockProps {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  readonly of?: string;
}

function Clock({ label, value, unit, of }: ClockProps): ComponentChild {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {value}
        {unit !== undefined && <small> {unit}</small>}
        {of !== undefined && <small> / {of}</small>}
      </dd>
    </div>
  );
}

function clockOf({ trace }: Run): string {
  const { clock } = trace.header;
  if (typeof clock !== "string") return "loop’s";
  return clock.replace(/Clock$/, "").toLowerCase();
}

/** How long it really took, where the recorder was given a clock of the host's. */
function HostClock({ run, iteration }: { readonly run: Run; readonly iteration: number }): ComponentChild {
  const { hostTimes } = run.trace.header;
  const time: unknown = Array.isArray(hostTimes) ? (hostTimes[Math.max(iteration, 1) - 1] as unknown) : undefined;
  return typeof time === "number" && clockOf(run) !== "real" ? (
    <Clock label="real clock" value={time.toFixed(1)} unit="ms" />
  ) : null;
}

function ThemeButton(): ComponentChild {
  const turn = (): void => {
    const { classList } = document.documentElement;
    const dark = classList.contains("dark") || (!classList.contains("light") && isDark());
    classList.toggle("dark", !dark);
    classList.toggle("light", dark);
  };
  return (
    <button type="button" title="Light or dark" aria-label="Light or dark" onClick={turn}>
      ◐
    </button>
  );
}

function isDark(): boolean {
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Where two runs part, in words. */
export function Difference({ theatre }: { readonly theatre: Theatre }): ComponentChild {
  const found = theatre.divergence.value;
  if (found === null) return <p class="difference">The two runs are the same, event by event.</p>;
  return (
    <p class="difference">
      <span>
        The same for {found.index} events. Then, left: {found.left ?? "it is over."} Right:{" "}
        {found.right ?? "it is over."}
      </span>
      <button type="button" onClick={() => theatre.goToDivergence()}>
        First difference
      </button>
    </p>
  );
}
