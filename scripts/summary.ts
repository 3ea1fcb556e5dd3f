// The end of a CI run, read from vitest's JSON report: each test that failed, and why; and as the last line
// `N passed, N failed`, and `, N skipped` when some are.
// Exits with 1 when a test failed, a file could not be run, or no test ran at all.
import { readFileSync } from "node:fs";
import { relative } from "node:path";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: FileResult[];
}

interface FileResult {
  name: string;
  message: string;
  status: string;
  assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
}

/** A file that fails before its first test counts as one failure: it holds tests that nobody saw pass. */
function isBroken({ status, assertionResults }: FileResult): boolean {
  return status === "failed" && assertionResults.every((assertion) => assertion.status !== "failed");
}

function failuresOf(file: FileResult): string[] {
  const name = relative(process.cwd(), file.name);
  if (isBroken(file)) return [`${name}\n${file.message}`];
  return file.assertionResults
    .filter(({ status }) => status === "failed")
    .map(({ fullName, failureMessages }) => `${name} > ${fullName}\n${failureMessages.join("\n")}`);
}

const report = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Report;
const passed = report.numPassedTests;
const failed = report.numFailedTests + report.testResults.filter(isBroken).length;
const skipped = report.numPendingTests + report.numTodoTests;
for (const failure of report.testResults.flatMap(failuresOf)) console.log(`FAILED: ${failure}\n`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
