import { effect } from "@preact/signals";
import type { Theatre } from "./theatre.ts";

// Browsers refuse more than a few changes of the address a second.
const PAUSE = 200;

/** Keeps the moment and the selected task in the address, so that a link is a moment; and goes where the address says. */
export function followLink(theatre: Theatre): void {
  read(theatre);
  let written = location.hash;
  // Of what was written here one is told, too, and late: by then the watcher may have gone on.
  window.addEventListener("hashchange", () => {
    if (location.hash !== written) read(theatre);
  });
  let timer = 0;
  effect(() => {
    const hash = hashOf(theatre);
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (location.hash === "" && theatre.stepper.value.index === 0) return;
      written = hash;
      location.replace(hash);
    }, PAUSE);
  });
}

function hashOf({ stepper }: Theatre): string {
  const { index, selected, graph } = stepper.value;
  return `#event=${index}${selected === null ? "" : `&task=${selected}`}${graph === "waits" ? "&graph=waits" : ""}`;
}

function read(theatre: Theatre): void {
  const fields = new URLSearchParams(location.hash.slice(1));
  const event = Number(fields.get("event") ?? Number.NaN);
  const task = Number(fields.get("task") ?? Number.NaN);
  const graph = fields.get("graph") === "waits" ? "waits" : "tree";
  if (Number.isInteger(event)) theatre.go(event);
  theatre.stepper.value = { ...theatre.stepper.value, selected: Number.isInteger(task) ? task : null, graph };
}
