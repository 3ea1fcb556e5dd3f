// `npm run bench`: what a coroutine costs here, and elsewhere. `npm run bench -- --help` says what it can be asked.
import { comparison } from "./compare.ts";
import { RECORD, writeDocs } from "./docs.ts";
import { HELP, type Options, parseOptions } from "./options.ts";
import { type BenchRecord, readRecord, writeRecord } from "./record.ts";
import { recordText } from "./report.ts";
import { Session } from "./session.ts";
import { UsageError } from "./usage-error.ts";

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  if (options.docs) {
    writeDocs();
    return 0;
  }
  const older = options.compare === null ? null : readRecord(options.compare);
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => interrupt.abort());
  const session = new Session(options, interrupt.signal);
  const failure: unknown = await session.run().then(
    () => null,
    (error: unknown) => error,
  );
  session.end();
  show(session.record, options, older);
  if (interrupt.signal.aborted) {
    console.error("\nInterrupted: this is what was measured until then.");
    return 130;
  }
  if (failure !== null) throw failure;
  if (options.record) {
    writeRecord(RECORD, session.record);
    writeDocs();
  }
  return 0;
}

function show(record: BenchRecord, { json }: Options, older: BenchRecord | null): void {
  if (json !== "-") console.log(recordText(record));
  if (json !== null) writeRecord(json, record);
  if (older !== null) (json === "-" ? console.error : console.log)(`\n${comparison(older, record)}`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`bench: ${error instanceof UsageError ? error.message : String((error as Error).stack)}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
