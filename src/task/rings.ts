/**
 * The rings in which `nodes` lead back to themselves, each from the node of it that was reached first. Not recursive: a
 * chain may be longer than the stack is deep.
 *
 * @internal
 */
export function ringsOf<N>(nodes: Iterable<N>, next: (node: N) => Iterable<N>): N[][] {
  const rings: N[][] = [];
  const seen = new Set<N>();
  for (const node of nodes) if (!seen.has(node)) walk(node, next, seen, rings);
  return rings;
}

function walk<N>(start: N, next: (node: N) => Iterable<N>, seen: Set<N>, rings: N[][]): void {
  // The way from `start`, with the place of each node in it, and those that each leads to and that are still to be tried.
  const path: N[] = [];
  const places = new Map<N, number>();
  const untried: Iterator<N>[] = [];
  const enter = (node: N): void => {
    seen.add(node);
    places.set(node, path.push(node) - 1);
    untried.push(next(node)[Symbol.iterator]());
  };
  enter(start);
  while (path.length > 0) {
    const { done, value: node } = untried.at(-1)!.next();
    if (done === true) {
      places.delete(path.pop()!);
      untried.pop();
    } else if (!seen.has(node)) enter(node);
    else if (places.has(node)) rings.push(path.slice(places.get(node)));
  }
}
