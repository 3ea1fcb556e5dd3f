/** @internal Milliseconds, to the microsecond: real clocks know no whole ones. */
export function formatTime(time: number): string {
  return Number.isFinite(time) ? String(Number(time.toFixed(3))) : "never";
}
