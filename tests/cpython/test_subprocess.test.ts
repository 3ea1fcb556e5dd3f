// CPython 3.13: Lib/test/test_asyncio/test_subprocess.py, class by class.
import { describe, expect } from "vitest";
import { ProcessLookupError, Subprocess } from "../../src/io/process.ts";
import { newTestLoop, raised, runUntilComplete } from "./helpers.ts";
import { adapted } from "./port.ts";

describe("SubprocessTransportTests", () => {
  const how = "Subprocess is process, transport and protocol in one; its host's part is faked";

  /** A process that the host started, or did not, and the signals that were sent to it. */
  function createSubprocess(options: { pid?: number } = { pid: -1 }) {
    const loop = newTestLoop();
    const sent: string[] = [];
    const host = { pid: options.pid, kill: (signal: string) => void sent.push(signal) };
    return { loop, sent, process: new Subprocess({ loop, program: "test", host, grace: 0 }) };
  }

  adapted("test_proc_exited", how, () => {
    const { loop, sent, process } = createSubprocess();
    process.exited(6);
    expect(runUntilComplete(loop, process.wait())).toBe(6);
    expect(process.returncode).toBe(6);

    expect(raised(() => process.sendSignal("SIGTERM"))).toBeInstanceOf(ProcessLookupError);
    expect(raised(() => process.terminate())).toBeInstanceOf(ProcessLookupError);
    expect(raised(() => process.kill())).toBeInstanceOf(ProcessLookupError);
    expect(sent).toEqual([]);

    // It is over: closing the loop finds nothing to end, and says nothing.
    const reports: string[] = [];
    loop.debug = true;
    loop.setExceptionHandler((_loop, { message }) => void reports.push(message));
    loop.close();
    expect([sent, reports]).toEqual([[], []]);
  });

  adapted("test_subprocess_repr", `toString; ${how}`, () => {
    const { loop, process } = createSubprocess();
    expect(String(process)).toBe("<Subprocess pid=-1 running>");
    process.exited(6);
    runUntilComplete(loop, process.wait());
    expect(String(process)).toBe("<Subprocess pid=-1 returncode=6>");
    loop.close();
    expect(String(createSubprocess({}).process)).toBe("<Subprocess not started>");
  });
});
