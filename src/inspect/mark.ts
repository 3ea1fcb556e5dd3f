/** Who notes marks. */
interface Listener {
  mark(text: string): void;
}

// The recorders of what runs now: between the start and the end of one callback, on one loop.
const listening = new Set<Listener>();

/** @internal */
export function enterRecorder(recorder: Listener): void {
  listening.add(recorder);
}

/** @internal */
export function leaveRecorder(recorder: Listener): void {
  listening.delete(recorder);
}

/**
 * Says something in the trace, at this moment of the program: `mark("the cache is warm")`. Without a recorder, nothing.
 *
 * @param text - One line.
 */
export function mark(text: string): void {
  for (const recorder of listening) recorder.mark(text);
}
