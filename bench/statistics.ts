/** The middle one; of an even number the mean of the two. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How far from the median the values are, in the middle: few wild ones do not count. */
export function deviation(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

/** Each value over the one measured in the same round. */
export function ratios(values: readonly number[], base: readonly number[]): number[] {
  return values.slice(0, base.length).map((value, i) => value / base[i]!);
}

/** The next smaller of 100, 200, 500, 1000, …, no greater than `limit`; at least 100. */
export function roundSize(size: number, limit: number): number {
  const steps: number[] = [];
  for (let power = 100; power <= limit; power *= 10) steps.push(power, 2 * power, 5 * power);
  return Math.max(100, ...steps.filter((step) => step <= size && step <= limit));
}
