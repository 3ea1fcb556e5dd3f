import type { ComponentChild, ComponentChildren } from "preact";
import { LESSON_EXAMPLES } from "./examples.ts";
import type { Playground } from "./playground.ts";
import type { Pupil } from "./pupil.ts";
import type { Reading } from "../../src/lessons/lesson.ts";

interface Props {
  readonly playground: Playground;
  readonly pupil: Pupil;
}

/** The lesson: what it is about, a question, what is said of the answer. */
export function LessonStrip({ playground, pupil }: Props): ComponentChild {
  const stage = pupil.stage.value;
  switch (stage.at) {
    case "opening":
      return (
        <Strip pupil={pupil} action={<Go onClick={() => pupil.goOn()}>Begin</Go>}>
          <p>{pupil.lesson.opening}</p>
        </Strip>
      );
    case "question":
      return <QuestionStrip pupil={pupil} number={stage.number} wrong={stage.wrong} />;
    case "answered": {
      const isLast = stage.number + 1 === pupil.asked.length;
      return (
        <Strip
          pupil={pupil}
          progress={stage.number}
          action={<Go onClick={() => pupil.goOn()}>{isLast ? "To the end" : "Go on"}</Go>}
        >
          <p class="verdict is-right" role="status">
            <b>✓ Right: {stage.right.label}.</b> {stage.right.because}
          </p>
        </Strip>
      );
    }
    case "closing":
      return <Closing playground={playground} pupil={pupil} />;
  }
}

interface QuestionProps {
  readonly pupil: Pupil;
  readonly number: number;
  readonly wrong: { readonly label: string; readonly because: string } | null;
}

function QuestionStrip({ pupil, number, wrong }: QuestionProps): ComponentChild {
  const { scene, question, choices } = pupil.asked[number]!;
  return (
    <Strip pupil={pupil} progress={number}>
      <p>
        {scene} <b class="question">{question}</b>
      </p>
      <div class="answers" role="group" aria-label={question}>
        {choices.map(({ label }) => (
          <button
            key={label}
            type="button"
            class={label === wrong?.label ? "is-wrong" : ""}
            onClick={() => pupil.answer(label)}
          >
            {label}
          </button>
        ))}
        {question === "Who runs next?" && <span class="hint">or click a card of the ready queue</span>}
      </div>
      <p class="verdict is-wrong" role="status">
        {wrong !== null && (
          <>
            <b>✕ No, not {wrong.label}.</b> {wrong.because}
          </>
        )}
      </p>
    </Strip>
  );
}

function Closing({ playground, pupil }: Props): ComponentChild {
  const { lesson, asked, score } = pupil;
  const next = LESSON_EXAMPLES[LESSON_EXAMPLES.findIndex((one) => one.lesson === lesson) + 1];
  return (
    <Strip pupil={pupil} action={next !== undefined && <Go onClick={() => void playground.open(next)}>Next lesson</Go>}>
      <p>
        <b>
          {score} of {asked.length} at the first try.
        </b>{" "}
        {lesson.closing}
      </p>
      <p>
        <b>In CPython:</b> {lesson.cpython.says} Read <Readings of={lesson.cpython.read} />. <b>Here:</b> read{" "}
        <Readings of={lesson.here} />.
      </p>
    </Strip>
  );
}

function Readings({ of }: { readonly of: readonly Reading[] }): ComponentChild {
  return of.map(({ file, name }, i) => (
    <>
      {i > 0 && ", "}
      <code>{name}</code> in {file}
    </>
  ));
}

interface StripProps {
  readonly pupil: Pupil;
  /** The question that it is about. */
  readonly progress?: number;
  readonly action?: ComponentChildren;
  readonly children: ComponentChildren;
}

function Strip({ pupil, progress, action, children }: StripProps): ComponentChild {
  return (
    <section class="lesson" aria-label="Lesson">
      <header>
        <h2>{pupil.lesson.title}</h2>
        <span
          class="progress"
          aria-label={progress === undefined ? undefined : `Question ${progress + 1} of ${pupil.asked.length}`}
        >
          {progress !== undefined && `${progress + 1} of ${pupil.asked.length}`}
        </span>
      </header>
      <div class="lesson-text">{children}</div>
      {action}
    </section>
  );
}

function Go({ onClick, children }: { onClick(): void; readonly children: ComponentChildren }): ComponentChild {
  return (
    <button type="button" class="primary" onClick={onClick}>
      {children}
    </button>
  );
}
