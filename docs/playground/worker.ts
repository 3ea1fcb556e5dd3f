// Runs programs, away from the page: one that never gives control back hangs nobody, and can be ended.
import type { Job } from "./job.ts";
import { outcomeOf } from "./run-job.ts";

self.addEventListener("message", ({ data }: MessageEvent<Job>) => self.postMessage(outcomeOf(data)));
// From now on its time is counted.
self.postMessage("ready");
