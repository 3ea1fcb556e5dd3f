import { describeDeadlocks, describeReady, describeTask, describeTimer } from "./describe-view.ts";
import { formatTime } from "./format-time.ts";
import { narrateAll } from "./narrate.ts";
import { formatPlace, placeOf } from "./places.ts";
import { type Trace, recorded } from "./trace.ts";
import { type View, viewAt } from "./view.ts";
import { escapeXml } from "./xml.ts";

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark; }
ol { padding-left: 3rem; } table { border-collapse: collapse; } th, td { text-align: left; vertical-align: top; padding: 0 1rem 0 0; }
`;

/**
 * The trace as one page that needs nothing else: the story, an iteration a chapter, each with the state of the loop after its
 * last step. It prints, and a screen reader reads it.
 */
export function toHtml(trace: Trace): string {
  const sentences = narrateAll(trace);
  const chapters = chaptersOf(trace).map(([start, end]) => chapter(trace, sentences, start, end));
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>A recorded run</title><style>${STYLE}</style></head><body><h1>A recorded run</h1>`,
    `<p>${trace.events.length} events, ${chapters.length} chapters.</p>`,
    ...chapters,
    "</body></html>",
    "",
  ].join("\n");
}

/** From the beginning of an iteration to that of the next. */
function chaptersOf(trace: Trace): (readonly [start: number, end: number])[] {
  const events = recorded(trace);
  const starts = events.flatMap((event, index) => (index === 0 || event.kind === "iteration" ? [index] : []));
  return starts.map((start, i) => [start, starts[i + 1] ?? events.length]);
}

function chapter(trace: Trace, sentences: readonly string[], start: number, end: number): string {
  const { iteration, time } = trace.events[start]!;
  // What comes after the last step is the host's doing: the clean-up after a deadlock.
  const last = recorded(trace)
    .slice(start, end)
    .findLastIndex(({ kind }) => kind === "step.ended");
  const stepsEnd = last < 0 ? end : start + last + 1;
  const story = sentences.slice(start, end).map((sentence) => `<li>${escapeXml(sentence)}</li>`);
  return [
    `<section><h2>Iteration ${iteration}, t=${formatTime(time)}</h2>`,
    `<ol start="${start}">${story.join("\n")}</ol>`,
    `<details><summary>The loop after its last step</summary>${tableOf(viewAt(trace, stepsEnd))}</details></section>`,
  ].join("\n");
}

function tableOf(view: View): string {
  const places = view.tasks.map((task) => `${describeTask(task)} ${formatPlace(placeOf(task.frames))}`.trimEnd());
  const deadlocks = describeDeadlocks(view.tasks);
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["Ready", view.ready.map(describeReady)],
    ["Timers", view.timers.map(describeTimer)],
    ["Tasks", [...places, ...deadlocks]],
  ];
  const cells = rows.map(
    ([name, lines]) => `<tr><th scope="row">${name}</th><td>${lines.map(escapeXml).join("<br>") || "–"}</td></tr>`,
  );
  return `<table>${cells.join("")}</table>`;
}
