import { drawWith } from "./compounds.ts";
import type { DraftStatement, Drawing } from "./drawing.ts";

type Helper = (drawing: Drawing) => readonly DraftStatement[];

/** Small coroutines that call no others: what many tasks can do at once, in line. By name, those that this program can use. */
export function helpersOf({ taste, eagerness, queues, locks }: Drawing): ReadonlyMap<string, Helper> {
  const helpers: (readonly [name: string, isOfUse: boolean, helper: Helper])[] = [
    ["leaf", true, leaf],
    ["stubborn", true, stubborn],
    ["traitor", taste.group > 0 && eagerness > 0, traitor],
    ["take", queues.length > 0, take],
    ["give", queues.length > 0, give],
    ["hold", locks.length > 0, hold],
  ];
  return new Map(helpers.flatMap(([name, isOfUse, helper]) => (isOfUse ? [[name, helper]] : [])));
}

/** It waits a little, and returns or fails. */
function leaf(drawing: Drawing): readonly DraftStatement[] {
  const { random } = drawing;
  const wait = drawing.waitFor({ k: "sleep", d: drawing.delay() });
  return random.weighted<() => readonly DraftStatement[]>([
    [4, () => [wait, { op: "raise", m: "leaf" }]],
    [3, () => [wait, { op: "return", v: drawing.value() }]],
    [3, () => [wait]],
  ])();
}

/** It refuses to be cancelled. */
function stubborn(drawing: Drawing): readonly DraftStatement[] {
  return [drawing.stubborn(drawing.sleep()), { op: "return", v: drawing.value() }];
}

/** It cancels a group, perhaps its own; one that starts eagerly does so before the group knows it. */
function traitor(drawing: Drawing): readonly DraftStatement[] {
  return [{ op: "gcancel", g: drawing.random.pick(["G0", "G1"]) }, drawing.sleep()];
}

/** It takes from a queue, and perhaps tells it so, and perhaps goes on. */
function take(drawing: Drawing): readonly DraftStatement[] {
  const { random } = drawing;
  const o = drawing.queue();
  const get = drawing.waitFor({ k: "get", o });
  const worked: readonly DraftStatement[] = [get, { op: "taskdone", o }];
  return random.weighted<() => readonly DraftStatement[]>([
    [5, () => [get]],
    [3, () => worked],
    [2, () => [{ op: "repeat", n: random.between(2, 3), body: worked.map((draft) => drawing.number(draft)) }]],
  ])();
}

/** It puts into a queue, and perhaps waits until all of it is done. */
function give(drawing: Drawing): readonly DraftStatement[] {
  const { random } = drawing;
  const o = drawing.queue();
  const put = drawing.waitFor({ k: "put", o, v: drawing.item() });
  return random.chance(0.3) ? [put, drawing.waitFor({ k: "join", o })] : [put];
}

/** It holds a lock while it sleeps. */
function hold(drawing: Drawing): readonly DraftStatement[] {
  return [drawWith(drawing, drawing.lock(), () => [drawing.number(drawing.sleep())])];
}
