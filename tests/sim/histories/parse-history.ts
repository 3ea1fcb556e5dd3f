import { History, type RegisterInput, type RegisterOutput } from "escapement/sim";

/** `4r`: process 4 reads; `4w1`: it writes 1; `4c2>3`: it writes 3 if it finds 2. */
const CALL = /^(\d+)(?:(r)|w(\d+)|c(\d+)>(\d+))$/;
/** `4=3`: its read gave 3; `4ok`, `4no`: it wrote, or not; `4?`: it gave up; `4x`: without effect. */
const RETURN = /^(\d+)(?:=(\d+|nil)|(ok|no|\?|x))$/;

/** A history of a register from words such as `0w1 1r 0ok 1=1`. */
export function parseHistory(events: string): History<RegisterInput<number>, RegisterOutput<number>> {
  const history = new History<RegisterInput<number>, RegisterOutput<number>>();
  const open = new Map<string, number>();
  for (const event of events.trim().split(/\s+/)) {
    const call = CALL.exec(event);
    if (call === null) close(history, open, event);
    else open.set(call[1]!, history.call(inputOf(call), call[1]));
  }
  return history;
}

function inputOf([, , read, value, from, to]: RegExpExecArray): RegisterInput<number> {
  if (read !== undefined) return { op: "read" };
  if (value !== undefined) return { op: "write", value: Number(value) };
  return { op: "cas", from: Number(from), to: Number(to) };
}

function close(
  history: History<RegisterInput<number>, RegisterOutput<number>>,
  open: ReadonlyMap<string, number>,
  event: string,
): void {
  const [, process, value, how] = RETURN.exec(event) ?? fail(event);
  const id = open.get(process!) ?? fail(event);
  if (value !== undefined) history.return(id, value === "nil" ? null : Number(value));
  else if (how === "x") history.fail(id);
  else if (how !== "?") history.return(id, how === "ok");
}

function fail(event: string): never {
  throw new Error(`Not an event of a history, or one of a process that waits for nothing: ${event}`);
}
