// `npm run inventory`: writes tests/cpython/INVENTORY.md from the calls in tests/cpython/test_*.test.ts.
import { writeFileSync } from "node:fs";
import { callFaults, takeInventory } from "../tests/cpython/inventory.ts";
import { readPortCalls } from "../tests/cpython/port-calls.ts";
import { renderInventory } from "../tests/cpython/render-inventory.ts";

const folder = new URL("../tests/cpython/", import.meta.url);
const calls = readPortCalls(folder);
writeFileSync(new URL("INVENTORY.md", folder), renderInventory(calls));

const faults = callFaults(calls);
for (const fault of faults) console.error(fault);
const missing = takeInventory(calls).filter(({ state }) => state === "missing");
console.log(`tests/cpython/INVENTORY.md: ${calls.length} calls, ${missing.length} of 551 missing.`);
process.exitCode = faults.length > 0 ? 1 : 0;
