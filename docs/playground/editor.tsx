import { javascript } from "@codemirror/lang-javascript";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { effect } from "@preact/signals";
import { basicSetup } from "codemirror";
import { type ComponentChild, render } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { currentPlace, parkedIn } from "../../src/inspect/source-view.ts";
import type { TaskView } from "../../src/inspect/moment.ts";
import { viewAt } from "../../src/inspect/view.ts";
import { Chip } from "../../src/inspect/viewer/chip.tsx";
import type { Run } from "../../src/inspect/viewer/theatre.ts";
import type { Playground } from "./playground.ts";
import { PROGRAM } from "./translate.ts";

/** The program, to be changed; and while the run on stage is its own, where it is, and who is parked where. */
export function Editor({ playground }: { readonly playground: Playground }): ComponentChild {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { text } = playground;
    const changed = EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) text.value = state.doc.toString();
    });
    const view = new EditorView({ parent: ref.current!, doc: text.peek(), extensions: [...EXTENSIONS, changed] });
    const stopFollowing = effect(() => {
      const { value } = text;
      const { length } = view.state.doc;
      if (value !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: length, insert: value } });
      show(view, playground);
    });
    return () => {
      stopFollowing();
      view.destroy();
    };
  }, []);
  return <div class="editor" ref={ref} />;
}

function show(view: EditorView, { isFresh, theatre }: Playground): void {
  const run = theatre.runs.value[0]!;
  const index = Math.min(theatre.stepper.value.index, run.trace.events.length);
  if (!isFresh.value) {
    view.dispatch({ effects: setMarks.of(Decoration.none) });
    return;
  }
  const { tasks } = viewAt(run.trace, index);
  const line = currentPlace(run.trace, tasks, index)?.line ?? null;
  const follow =
    line === null ? [] : [EditorView.scrollIntoView(view.state.doc.line(line).from, { y: "nearest", yMargin: 40 })];
  view.dispatch({ effects: [setMarks.of(marksOf(view, run, tasks, line)), ...follow] });
}

function marksOf({ state }: EditorView, run: Run, tasks: readonly TaskView[], current: number | null): DecorationSet {
  const parked = Array.from(parkedIn(tasks, PROGRAM), ([line, there]) =>
    Decoration.widget({ widget: new ParkedWidget(run, there), side: 1 }).range(state.doc.line(line).to),
  );
  const here = current === null ? [] : [CURRENT.range(state.doc.line(current).from)];
  return Decoration.set([...here, ...parked], true);
}

const CURRENT = Decoration.line({ class: "is-current", attributes: { "aria-current": "step" } });

/** The tasks that wait in a line, behind it. */
class ParkedWidget extends WidgetType {
  readonly #run: Run;
  readonly #tasks: readonly TaskView[];

  constructor(run: Run, tasks: readonly TaskView[]) {
    super();
    this.#run = run;
    this.#tasks = tasks;
  }

  override eq(other: ParkedWidget): boolean {
    return this.#run === other.#run && this.#says === other.#says;
  }

  override toDOM(): HTMLElement {
    const place = document.createElement("span");
    place.className = "parked-here";
    render(
      this.#tasks.map((task) => <Chip key={task.id} run={this.#run} task={task} />),
      place,
    );
    return place;
  }

  get #says(): string {
    return this.#tasks.map(({ id, name, state }) => `${id} ${name} ${state}`).join(", ");
  }
}

const setMarks = StateEffect.define<DecorationSet>();

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (shown, { changes, effects }) => effects.findLast((one) => one.is(setMarks))?.value ?? shown.map(changes),
  provide: (field) => EditorView.decorations.from(field),
});

const EXTENSIONS: readonly Extension[] = [
  basicSetup,
  javascript({ typescript: true }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: tags.comment, class: "token-comment" },
      { tag: [tags.string, tags.special(tags.string)], class: "token-string" },
      { tag: [tags.keyword, tags.bool, tags.null], class: "token-keyword" },
      { tag: tags.number, class: "token-number" },
    ]),
  ),
  EditorView.contentAttributes.of({ "aria-label": "The program", tabindex: "0" }),
  EditorView.lineWrapping,
  marks,
];
