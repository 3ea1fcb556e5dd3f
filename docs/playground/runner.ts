import type { Job, Outcome } from "./job.ts";
// vite makes a constructor of it.
// oxlint-disable-next-line import/default
import RunWorker from "./worker.ts?worker&inline";

// Milliseconds of the host's: in virtual time nothing takes long.
const TIME_LIMIT = 10_000;

/** A run under way. */
export interface Running {
  readonly outcome: Promise<Outcome>;
  /** Ends it, as if its time were over. */
  stop(): void;
}

/** Runs a program in a worker of its own, and ends it when its time is over. */
export function start(job: Job): Running {
  const worker = new RunWorker();
  let resolve: (outcome: Outcome) => void;
  const outcome = new Promise<Outcome>((settle) => (resolve = settle));
  let timer = 0;
  const end = (found: Outcome): void => {
    clearTimeout(timer);
    worker.terminate();
    resolve(found);
  };
  worker.addEventListener("message", ({ data }: MessageEvent<"ready" | Outcome>) => {
    if (data !== "ready") return end(data);
    timer = window.setTimeout(() => end(hung(`for ${TIME_LIMIT / 1000} seconds`)), TIME_LIMIT);
    worker.postMessage(job);
  });
  worker.addEventListener("error", ({ message }) => end({ problem: `The program could not be run: ${message}` }));
  return { outcome, stop: () => end(hung("until you stopped it")) };
}

function hung(howLong: string): Outcome {
  return {
    problem: `The program ran ${howLong} and never gave control back to the loop. Is there a loop in it without a yield? While one task runs, nothing else can: no timer, no other task.`,
  };
}
