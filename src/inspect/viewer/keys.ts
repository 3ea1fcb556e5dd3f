import { STEPPER_KEYS } from "../stepper.ts";
import type { DialogName, Theatre } from "./theatre.ts";

const DIALOG_KEYS: Readonly<Record<string, DialogName>> = { "?": "keys", g: "go", b: "break", e: "export" };

// Tab is the browser's, and nothing is to be quit.
const OF_THE_TERMINAL = ["Tab", "q", "g", "?"];

/** What each key does in the page, in the words of the help. */
export const PAGE_KEYS: readonly (readonly [keys: string, does: string])[] = [
  ...STEPPER_KEYS.filter(([keys]) => !OF_THE_TERMINAL.includes(keys)),
  ["g", "go to an event, or to a time"],
  ["b B", "set a breakpoint, go on to it"],
  ["/", "show some tasks only"],
  ["c", "compare: to the first difference"],
  ["s", "source, or story"],
  ["d", "timers by deadline, or as a heap"],
  ["e", "export"],
  ["?", "these keys"],
];

const NAMED: Readonly<Record<string, string>> = {
  ArrowRight: "right",
  ArrowLeft: "left",
  Home: "home",
  End: "end",
  " ": "space",
};

/** From here on, keys do what the help says, unless something is being typed. */
export function listenToKeys(theatre: Theatre): void {
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (theatre.dialog.value !== null) {
      // The browser closes a dialog too, but later: the next key is meant for the page.
      if (event.key === "Escape") theatre.dialog.value = null;
      return;
    }
    const key = keyOf(event);
    if (key === null || isTyping(event.target) || (key === "space" && isButton(event.target))) return;
    if (press(theatre, key)) event.preventDefault();
  });
}

function keyOf({ key, shiftKey }: KeyboardEvent): string | null {
  const name = NAMED[key];
  if (name === undefined) return key.length === 1 ? key : null;
  return shiftKey && (name === "right" || name === "left") ? `shift-${name}` : name;
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== "range";
  return target instanceof HTMLSelectElement || (target instanceof HTMLElement && target.isContentEditable);
}

function isButton(target: EventTarget | null): boolean {
  return target instanceof HTMLButtonElement || (target instanceof HTMLElement && target.tagName === "SUMMARY");
}

/** Whether the key means something. */
function press(theatre: Theatre, key: string): boolean {
  const own = theatre.ownKeys.find((one) => one.key === key);
  const dialog = Object.hasOwn(DIALOG_KEYS, key) ? DIALOG_KEYS[key]! : null;
  if (own !== undefined) own.press();
  else if (dialog !== null) theatre.dialog.value = dialog;
  else if (key === "c" && theatre.runs.value.length < 2) theatre.dialog.value = "compare";
  else if (key === "c") theatre.goToDivergence();
  else if (key === "B") theatre.runToBreakpoint();
  else if (key === "s") theatre.left.value = theatre.left.value === "source" ? "story" : "source";
  else if (key === "d") theatre.timers.value = theatre.timers.value === "list" ? "heap" : "list";
  else if (key === "/") document.querySelector<HTMLInputElement>("input[type=search]")?.focus();
  else {
    const before = theatre.stepper.value;
    theatre.press(key);
    return before !== theatre.stepper.value;
  }
  return true;
}
