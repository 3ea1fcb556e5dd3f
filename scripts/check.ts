// `npm run check`: everything that must hold before a change lands, in the order of how fast it says no.
// `npm run check -- --except tests` leaves a step out.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const STEPS: readonly (readonly [name: string, heading: string, ...commands: string[]])[] = [
  ["format", "Format", "oxfmt --check"],
  ["lint", "Lint, with types", "oxlint --type-aware --deny-warnings --report-unused-disable-directives"],
  ["types", "Types", "npm run --silent types"],
  ["tests", "Tests", "npm test"],
  ["unused", "Unused code", "knip"],
  ["build", "Build", "npm run --silent build", "tsc -p tsconfig.published.json"],
  ["package", "Package", "npm run --silent package"],
];

const { values } = parseArgs({ options: { except: { type: "string", multiple: true, default: [] } } });
const unknown = values.except.filter((name) => STEPS.every(([known]) => known !== name));
if (unknown.length > 0) {
  console.error(`check has no step "${unknown.join(", ")}"; it has ${STEPS.map(([name]) => name).join(", ")}.`);
  process.exit(2);
}

for (const [name, heading, ...commands] of STEPS) {
  if (values.except.includes(name)) continue;
  const started = performance.now();
  console.log(`\n== ${heading}`);
  for (const command of commands) {
    const { status } = spawnSync(command, { shell: true, stdio: "inherit" });
    if (status !== 0) {
      console.error(`\ncheck: "${heading}" failed: ${command}`);
      process.exit(1);
    }
  }
  console.log(`   ok, ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
console.log("\ncheck: all is well.");
