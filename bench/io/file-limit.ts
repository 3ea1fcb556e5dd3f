import { readFileSync } from "node:fs";

// What a process has open besides: its own files, what the harness speaks over.
const OTHERS = 200;

/** How many connections a process may hold. Node raises its limit to the most that the system grants. */
export function mostConnections(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
    return limit === undefined ? Infinity : Number(limit) - OTHERS;
  } catch {
    // A system that does not tell: connecting will.
    return Infinity;
  }
}
