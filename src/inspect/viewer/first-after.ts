/** The place of the first item whose number is greater than `value`, in a list that is sorted by that number. */
export function firstAfter<T>(sorted: readonly T[], numberOf: (item: T) => number, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numberOf(sorted[middle]!) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
