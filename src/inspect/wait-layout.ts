import type { TaskView } from "./moment.ts";
import { deadlocksIn } from "./wait-graph.ts";

/** Where a task stands in the picture of who waits for whom: waiters to the left of what they wait for. */
export interface WaitNode {
  readonly task: TaskView;
  readonly column: number;
  readonly row: number;
  /** It is in a ring of tasks that wait for each other. */
  readonly deadlocked: boolean;
}

/** From one who waits to one who is waited for. */
export interface WaitEdge {
  readonly from: WaitNode;
  readonly to: WaitNode;
  /** Both are in one ring. */
  readonly deadlocked: boolean;
}

/** Who waits for whom, laid out. */
export interface WaitLayout {
  readonly nodes: readonly WaitNode[];
  readonly edges: readonly WaitEdge[];
  readonly columns: number;
  readonly rows: number;
}

/**
 * Lays out the tasks that wait for another, and those that are waited for. The first way by which a task is reached gives
 * its place; edges that lead back are drawn back.
 */
export function layoutWaits(tasks: readonly TaskView[]): WaitLayout {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const rings = deadlocksIn(tasks).map((ring) => new Set(ring));
  const awaited = new Set(tasks.flatMap(({ awaits }) => awaits));
  // Those that nobody waits for come first; a ring without an outside is entered at its first task.
  const starts = [...tasks.filter(({ id }) => !awaited.has(id)), ...tasks].filter(({ awaits }) => awaits.length > 0);
  const nodes = new Map<number, WaitNode>();
  let rows = 0;
  for (const start of starts) {
    const todo = [{ task: start, column: 0, sibling: 0 }];
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const { task, column, sibling } = next;
      if (nodes.has(task.id)) continue;
      if (column === 0 || sibling > 0) rows += 1;
      nodes.set(task.id, { task, column, row: rows - 1, deadlocked: rings.some((ring) => ring.has(task)) });
      const fresh = task.awaits.flatMap((id) => (nodes.has(id) ? [] : (byId.get(id) ?? [])));
      todo.push(...fresh.map((other, i) => ({ task: other, column: column + 1, sibling: i })).toReversed());
    }
  }
  const edges = [...nodes.values()].flatMap((from) =>
    from.task.awaits.flatMap((id) => {
      const to = nodes.get(id);
      if (to === undefined) return [];
      return [{ from, to, deadlocked: rings.some((ring) => ring.has(from.task) && ring.has(to.task)) }];
    }),
  );
  const columns = Math.max(0, ...[...nodes.values()].map(({ column }) => column + 1));
  return { nodes: [...nodes.values()], edges, columns, rows };
}
