import { readFileSync } from "node:fs";

// What a run costs is the time its main thread had on a core: neither the wait for one counts, nor what V8's helper
// threads collect and compile on the side (that is in the time of the process, noted beside it). Node tells a thread's
// time from 23.9 on; before, Linux does.
const schedule = `/proc/self/task/${process.pid}/schedstat`;
const asked = (process as { threadCpuUsage?: () => NodeJS.CpuUsage }).threadCpuUsage?.bind(process);

/** Nanoseconds that the main thread has had; the whole process's where no one tells them apart. */
export const threadTime: () => number = pick();

function pick(): () => number {
  if (asked !== undefined) return () => nanoseconds(asked());
  try {
    fromLinux();
    return fromLinux;
  } catch {
    return processTime;
  }
}

function fromLinux(): number {
  return Number(readFileSync(schedule, "latin1").split(" ")[0]);
}

/** Nanoseconds that all threads of the process have had. */
export function processTime(): number {
  return nanoseconds(process.cpuUsage());
}

function nanoseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) * 1000;
}
