import type { ComponentChild, ComponentChildren } from "preact";

/** One of two or more things that a panel can show. */
export interface Choice {
  readonly label: string;
  readonly chosen: boolean;
  choose(): void;
}

interface Props {
  readonly title: string;
  readonly area: string;
  /** Beside the title: a number, a file. */
  readonly note?: ComponentChildren;
  readonly choices?: readonly Choice[];
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A titled box that is always in the same place. */
export function Panel({ title, area, note, choices = [], tools, children }: Props): ComponentChild {
  return (
    <section class={`panel panel-${area}`} aria-label={title}>
      <header>
        {choices.length === 0 ? <h2>{title}</h2> : <Choices choices={choices} />}
        <span class="note">{note}</span>
        {tools}
      </header>
      {children}
    </section>
  );
}

function Choices({ choices }: { readonly choices: readonly Choice[] }): ComponentChild {
  return (
    <h2 class="choices">
      {choices.map(({ label, chosen, choose }) => (
        <button key={label} type="button" aria-pressed={chosen} onClick={choose}>
          {label}
        </button>
      ))}
    </h2>
  );
}

/** What a panel says when there is nothing to show. */
export function Nothing({ children }: { readonly children: ComponentChildren }): ComponentChild {
  return <p class="nothing">{children}</p>;
}
