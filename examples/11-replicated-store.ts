// Covers: simulation: hosts, disks and a network that fail, and a bug that is found, made short and explained.
// Scenario: A key-value store on three replicas (examples/store) goes through two hundred runs of chaos: crashes, partitions,
// pauses, wrong clocks. Then one line is left out of it, as somebody might who wants it to be faster.
import { SimulationError, check, random } from "escapement/sim";
import { chaos } from "./store/chaos.ts";

/** It simulates by itself, and so runs outside of any loop. */
export const simulates = true;

const network = { latency: { min: 1, mean: 20 } };

export default function main(): void {
  const { schedules } = check(chaos(), { strategy: random(), schedules: 200, seed: 1, network });
  console.log(`As it is: ${schedules} runs, and what the clients were told makes sense in each.`);

  console.log("Without writing back what was read:");
  try {
    check(chaos({ writesBack: false }), { strategy: random(), schedules: 1000, seed: 1, network });
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error;
    const lines = error.message.split("\n").filter((line) => line !== "");
    const steps = lines.findIndex((line) => line.startsWith("step "));
    for (const line of lines.slice(0, steps)) console.log(line);
    console.log(`(and a table of its ${error.failure.shrunk.steps} steps)`);
    // Not the string itself: it tells the program by its text, which differs by who compiled it.
    console.log(`A string of ${error.failure.repro.length} characters brings the run back.`);
  }
}
