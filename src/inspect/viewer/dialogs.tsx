import type { ComponentChild, ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { BREAKPOINT_FORMS, parseBreakpoint } from "../breakpoint.ts";
import { TraceError, readTrace } from "../parse-trace.ts";
import { EXPORTS, download } from "./exports.ts";
import { PAGE_KEYS } from "./keys.ts";
import type { OwnKey, Theatre } from "./theatre.ts";

/** The dialog that is open, if one is. */
export function Dialogs({ theatre }: { readonly theatre: Theatre }): ComponentChild {
  const { dialog } = theatre;
  const close = (): void => {
    dialog.value = null;
  };
  switch (dialog.value) {
    case null:
      return null;
    case "keys":
      return <Keys own={theatre.ownKeys} close={close} />;
    case "go":
      return <GoTo theatre={theatre} close={close} />;
    case "break":
      return <Break theatre={theatre} close={close} />;
    case "compare":
      return <Compare theatre={theatre} close={close} />;
    case "export":
      return <Export theatre={theatre} close={close} />;
  }
}

interface DialogProps {
  readonly title: string;
  close(): void;
  readonly children: ComponentChildren;
}

/** A dialog over the page. */
export function Dialog({ title, close, children }: DialogProps): ComponentChild {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current!;
    // At once: the next key is meant for it.
    dialog.showModal();
    // And the focus goes back to where it was.
    return () => dialog.close();
  }, []);
  return (
    <dialog ref={ref} onClose={({ currentTarget }) => currentTarget.isConnected && close()} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <button type="button" aria-label="Close" onClick={close}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  );
}

interface Props {
  readonly theatre: Theatre;
  close(): void;
}

function Keys({ own, close }: { readonly own: readonly OwnKey[]; close(): void }): ComponentChild {
  const known = [...PAGE_KEYS, ...own.map(({ key, does }) => [key, does] as const)];
  return (
    <Dialog title="Keys" close={close}>
      <table class="keys">
        <tbody>
          {known.map(([keys, does]) => (
            <tr key={keys}>
              <th scope="row">
                {keys.split(" ").map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}

interface AskProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly action: string;
  /** What is wrong with it; null when nothing is. */
  submit(text: string): string | null;
}

function Ask({ label, hint, value, action, submit }: AskProps): ComponentChild {
  const [text, setText] = useState(value);
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setProblem(submit(text));
      }}
    >
      <label>
        {label}
        <input value={text} autofocus onInput={({ currentTarget }) => setText(currentTarget.value)} />
      </label>
      <button type="submit">{action}</button>
      <p class={problem === null ? "hint" : "problem"} role={problem === null ? undefined : "alert"}>
        {problem ?? hint}
      </p>
    </form>
  );
}

function GoTo({ theatre, close }: Props): ComponentChild {
  const { events } = theatre.lead.value;
  const submit = (text: string): string | null => {
    const [, number = "", unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*(ms)?\s*$/.exec(text) ?? [];
    if (number === "") return `“${text}” is neither the number of an event nor a time.`;
    const at = unit === "" ? Number(number) : events.findIndex(({ time }) => time >= Number(number)) + 1;
    if (unit !== "" && at === 0) return `The clock never shows ${number} ms.`;
    theatre.go(at);
    close();
    return null;
  };
  return (
    <Dialog title="Go to" close={close}>
      <Ask
        label="An event, or a time"
        hint={`An event from 0 to ${events.length}; or, with its unit, a time: 2000 ms.`}
        value=""
        action="Go"
        submit={submit}
      />
    </Dialog>
  );
}

function Break({ theatre, close }: Props): ComponentChild {
  const submit = (text: string): string | null => {
    if (text.trim() !== "" && parseBreakpoint(text) === null) {
      return `“${text}” is no breakpoint: ${BREAKPOINT_FORMS.join(", ")}.`;
    }
    theatre.breakpoint.value = text.trim();
    close();
    if (text.trim() !== "") theatre.runToBreakpoint();
    return null;
  };
  return (
    <Dialog title="Breakpoint" close={close}>
      <Ask
        label="Stop at"
        hint={`${BREAKPOINT_FORMS.join(", ")}; empty for none. B goes on to the next.`}
        value={theatre.breakpoint.value}
        action="Go on to it"
        submit={submit}
      />
    </Dialog>
  );
}

function Compare({ theatre, close }: Props): ComponentChild {
  const [problem, setProblem] = useState<string | null>(null);
  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    try {
      const { trace, problems } = readTrace(await file.text());
      theatre.problems.value = problems.map((one) => `${file.name}: ${one}`);
      theatre.showBeside({ name: file.name, trace });
      close();
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      setProblem(`${file.name}: ${error.message}`);
    }
  };
  return (
    <Dialog title="Compare" close={close}>
      <label>
        A second run, to be shown beside this one
        <input type="file" accept=".json" onChange={({ currentTarget }) => void open(currentTarget.files?.[0])} />
      </label>
      <p class={problem === null ? "hint" : "problem"} role={problem === null ? undefined : "alert"}>
        {problem ?? "A *.trace.json. It does not leave this page."}
      </p>
    </Dialog>
  );
}

function Export({ theatre, close }: Props): ComponentChild {
  const run = theatre.runs.value[0]!;
  const index = Math.min(theatre.stepper.value.index, run.trace.events.length);
  return (
    <Dialog title="Export" close={close}>
      <ul class="exports">
        {EXPORTS.map((format) => (
          <li key={format.ending}>
            <button type="button" onClick={() => download(format, run, index)}>
              {format.name}
            </button>
            <span>{format.what}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
