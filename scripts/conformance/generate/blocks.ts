import type { Statement } from "../../../tests/cpython/interpreter/language.ts";
import { drawAwait } from "./awaitables.ts";
import { drawCollision } from "./collisions.ts";
import { drawCompound } from "./compounds.ts";
import type { DraftStatement, Drawing, Make } from "./drawing.ts";
import { drawInstant, drawSpawn } from "./instants.ts";

/** A list of statements, of this length or a little longer. */
export function drawBlock(drawing: Drawing, length: number): Statement[] {
  const body: Statement[] = [];
  while (body.length < length) body.push(...some(drawing).map((draft) => drawing.number(draft)));
  return body;
}

function inner(drawing: Drawing, low: number, high: number): Statement[] {
  return drawing.deeper(() => drawBlock(drawing, drawing.random.between(low, drawing.mayNest ? high : low)));
}

function some(drawing: Drawing): readonly DraftStatement[] {
  const { random, mayNest } = drawing;
  const within = (low: number, high: number): Statement[] => inner(drawing, low, high);
  return random.weighted<Make<readonly DraftStatement[]>[1]>([
    [30, () => [drawAwait(drawing)]],
    [22, () => [drawInstant(drawing)]],
    [5, () => [drawSpawn(drawing)]],
    [16, () => drawCollision(drawing, within)],
    [mayNest ? 20 : 0, () => [drawCompound(drawing, within)]],
    [1.5, () => [{ op: "raise", m: random.pick(["p", "q"]), ...(random.chance(0.2) ? { cancel: true } : {}) }]],
    [1, () => [random.chance(0.5) ? { op: "return", v: drawing.value() } : { op: "return", last: true }]],
  ])();
}
