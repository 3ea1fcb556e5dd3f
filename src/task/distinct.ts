import { isCoroutine } from "../future/awaitable.ts";
import { Operation } from "../future/operation.ts";

/**
 * What an iterable gives, each once.
 *
 * @internal
 * @throws {TypeError} When it is one awaitable, in place of a list: asked for what it holds, it hands out nothing, or the
 *   same for ever.
 */
export function distinct<T>(who: string, iterable: Iterable<T>): Set<T> {
  const mistake = `${who}: expected a list of what to wait for, got one coroutine. Write [coroutine].`;
  if (iterable instanceof Operation) throw new TypeError(mistake);
  const values = new Set<T>();
  const isGenerator = isCoroutine(iterable);
  let last: T | undefined;
  for (const value of iterable) {
    if (isGenerator && (value === undefined || value === last)) throw new TypeError(mistake);
    last = value;
    values.add(value);
  }
  if (isGenerator && values.size === 0) throw new TypeError(mistake);
  return values;
}
