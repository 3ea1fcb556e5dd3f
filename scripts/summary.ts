// The last line of a CI run, read from vitest's JSON report: `N passed, N failed`, and `, N skipped` when some are.
// Exits with 1 when a test failed, a file could not be run, or no test ran at all.
import { readFileSync } from "node:fs";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** A file that fails before its first test counts as one failure: it holds tests that nobody saw pass. */
function brokenFiles({ testResults }: Report): number {
  return testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((assertion) => assertion.status !== "failed"),
  ).length;
}

const report = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Report;
const passed = report.numPassedTests;
const failed = report.numFailedTests + brokenFiles(report);
const skipped = report.numPendingTests + report.numTodoTests;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
