// `npm run bench:io`: what input and output cost here, with callbacks, and with async/await; and whether anything is lost
// or left when clients die. `npm run bench:io -- --help` says what it can be asked.
import { writeDocs } from "../docs.ts";
import { writeRecord } from "../record.ts";
import { UsageError } from "../usage-error.ts";
import { IO_RECORD, emptyIoRecord } from "./io-record.ts";
import { IO_HELP, type IoOptions, parseIoOptions } from "./options.ts";
import { ioText } from "./report.ts";
import { IoSession } from "./session.ts";

async function main(args: readonly string[]): Promise<number> {
  const options = parseIoOptions(args);
  if (options.help) {
    console.log(IO_HELP);
    return 0;
  }
  if (options.docs) {
    writeDocs();
    return 0;
  }
  return await measureAndShow(options);
}

async function measureAndShow(options: IoOptions): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => interrupt.abort());
  const record = emptyIoRecord();
  const session = new IoSession(options, record, interrupt.signal);
  const failure: unknown = await session.run().then(
    () => null,
    (error: unknown) => error,
  );
  session.end();
  if (options.json !== "-") console.log(ioText(record));
  if (options.json !== null) writeRecord(options.json, record);
  if (interrupt.signal.aborted) {
    console.error("\nInterrupted: this is what was measured until then.");
    return 130;
  }
  if (failure !== null) throw failure;
  if (options.record) {
    writeRecord(IO_RECORD, record);
    writeDocs();
  }
  return record.churn !== undefined && record.churn.faults.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`bench: ${error instanceof UsageError ? error.message : String((error as Error).stack)}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
