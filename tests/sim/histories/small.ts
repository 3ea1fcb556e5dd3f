/**
 * Small histories of one register, with their verdicts, in the notation of `parse-history.ts`. `culprit` is who returns what cannot be.
 *
 * - quiz: the two of MIT 6.824, quiz 2 of 2017, section VII, as in github.com/anishathalye/porcupine, porcupine_test.go (MIT).
 * - knossos: github.com/jepsen-io/knossos, data/cas-register/bad and test/knossos (EPL 1.0): what happened in each, and its verdict.
 */
export const SMALL: readonly {
  readonly name: string;
  readonly initial: number | null;
  readonly ok: boolean;
  readonly culprit?: string;
  readonly events: string;
}[] = [
  { name: "quiz, a write seen by one of two", initial: 0, ok: true, events: "0w100 1r 2r 2=0 1=100 0ok" },
  {
    name: "quiz, a write seen and then unseen",
    initial: 0,
    ok: false,
    culprit: "2",
    events: "0w200 1r 1=200 2r 2=0 0ok",
  },
  {
    name: "porcupine, operations that take no time",
    initial: 0,
    ok: true,
    events: "0w100 1r 2r 2=0 3r 3=0 1=100 0ok",
  },
  {
    name: "porcupine, operations that take no time, and disagree",
    initial: 0,
    ok: false,
    culprit: "3",
    events: "0w200 1r 1=200 2r 2=200 3r 3=0 0ok",
  },
  { name: "knossos, a crash", initial: 0, ok: true, events: "0w1 0?" },
  { name: "knossos, one after the other", initial: 0, ok: true, events: "0r 0=0" },
  { name: "knossos, the wrong value first", initial: 0, ok: false, culprit: "0", events: "0r 0=1" },
  { name: "knossos, the wrong value later", initial: 0, ok: false, culprit: "0", events: "0w1 0ok 0r 0=2" },
  {
    name: "knossos, all at once",
    initial: 0,
    ok: true,
    events: "0w1 1r 2w2 3r 4w3 5r 0ok 1=1 2ok 3=2 4ok 5=3",
  },
  {
    name: "knossos, a crashed read beside writes (history-a)",
    initial: 0,
    ok: true,
    events: "4w2 4ok 6r 1w4 1ok 14r 14=4 9w0 9ok 19r 19=0",
  },
  {
    name: "knossos, bad-analysis",
    initial: 0,
    ok: false,
    culprit: "21",
    events: "4w2 4ok 6r 1w4 1ok 14r 14=4 9w0 9ok 19r 20w1 19=0 22r 21r 21=2 22=3",
  },
  {
    name: "knossos, rethink-fail-minimal: a value out of nowhere",
    initial: null,
    ok: false,
    culprit: "1",
    events: "0w0 0ok 1r 2w4 1=3 2ok 3r 3=4",
  },
  {
    name: "knossos, immediate-failure: a write that failed is read",
    initial: null,
    ok: false,
    culprit: "1",
    events: "1r 101w3 101x 1=3",
  },
];
