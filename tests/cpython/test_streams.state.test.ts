// CPython 3.13: Lib/test/test_asyncio/test_streams.py, StreamTests: errors, loops, draining, and what a reader says of itself.
import { describe, expect } from "vitest";
import {
  type Coroutine,
  RuntimeError,
  Task,
  ValueError,
  gather,
  getRunningLoop,
  runSync,
  wait,
} from "../../src/index.ts";
import { FlowControl } from "../../src/io/flow-control.ts";
import { StreamReader } from "../../src/io/net.ts";
import { StreamReaderProtocol } from "../../src/io/stream-protocol.ts";
import { bytes } from "../io/text.ts";
import { inside, newTestLoop, raised, runBriefly, runUntilComplete } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

function newStream(limit?: number) {
  const loop = newTestLoop();
  return { loop, stream: new StreamReader({ loop, ...(limit === undefined ? {} : { limit }) }) };
}

describe("StreamTests", () => {
  ported("test_exception", () => {
    const { stream } = newStream();
    expect(stream.exception()).toBeNull();
    const error = new ValueError();
    stream.setException(error);
    expect(stream.exception()).toBe(error);
  });

  ported("test_exception_waiter", () => {
    const { loop, stream } = newStream();
    const reading = new Task(stream.readline(), { loop });
    const failing = new Task(
      (function* (): Coroutine<void> {
        stream.setException(new ValueError());
      })(),
      { loop },
    );
    runUntilComplete(loop, wait<Task<any>>([reading, failing]));
    expect(raised(() => reading.result())).toBeInstanceOf(ValueError);
  });

  ported("test_exception_cancel", () => {
    const { loop, stream } = newStream();
    const reading = new Task(stream.readline(), { loop });
    runBriefly(loop);
    expect(stream.toString()).toContain("waiter");
    reading.cancel();
    runBriefly(loop);
    stream.setException(new RuntimeError("message"));
    runBriefly(loop);
    expect(stream.toString()).not.toContain("waiter");
  });

  ported("test_streamreader_constructor_without_loop", () => {
    const error = raised(() => new StreamReader());
    expect(error).toBeInstanceOf(RuntimeError);
    expect((error as Error).message).toContain("no running event loop");
  });

  ported("test_streamreader_constructor_use_running_loop", () => {
    const loop = newTestLoop();
    expect(inside(loop, () => new StreamReader()).getLoop()).toBe(loop);
  });

  adapted("test_streamreader_constructor_use_global_loop", "no loop is set globally: it is given", () => {
    const loop = newTestLoop();
    expect(new StreamReader({ loop }).getLoop()).toBe(loop);
  });

  ported("test_streamreaderprotocol_constructor_without_loop", () => {
    const { stream } = newStream();
    const error = raised(() => new StreamReaderProtocol(stream));
    expect(error).toBeInstanceOf(RuntimeError);
    expect((error as Error).message).toContain("no running event loop");
  });

  ported("test_streamreaderprotocol_constructor_use_running_loop", () => {
    const { loop, stream } = newStream();
    expect(inside(loop, () => new StreamReaderProtocol(stream)).loop).toBe(loop);
  });

  adapted("test_streamreaderprotocol_constructor_use_global_loop", "no loop is set globally: it is given", () => {
    const { loop, stream } = newStream();
    expect(new StreamReaderProtocol(stream, loop).loop).toBe(loop);
  });

  ported("test_multiple_drain", () => {
    let drained = 0;
    function* drainer(flow: FlowControl): Coroutine<void> {
      yield* flow.drained();
      drained += 1;
    }
    runSync(function* () {
      const loop = getRunningLoop();
      const flow = new FlowControl(loop);
      flow.pauseWriting();
      loop.callLater(100, () => flow.resumeWriting());
      yield* gather(Array.from({ length: 10 }, () => drainer(flow)));
      expect(drained).toBe(10);
      expect(loop.time()).toBe(100);
    });
  });

  adapted("test___repr__", "toString", () => {
    expect(newStream().stream.toString()).toBe("<StreamReader>");
  });

  adapted("test___repr__nondefault_limit", "toString", () => {
    expect(newStream(123).stream.toString()).toBe("<StreamReader limit=123>");
  });

  adapted("test___repr__eof", "toString", () => {
    const { stream } = newStream();
    stream.feedEof();
    expect(stream.toString()).toBe("<StreamReader eof>");
  });

  adapted("test___repr__data", "toString", () => {
    const { stream } = newStream();
    stream.feedData(bytes("data"));
    expect(stream.toString()).toBe("<StreamReader 4 bytes>");
  });

  adapted("test___repr__exception", "toString", () => {
    const { stream } = newStream();
    stream.setException(new RuntimeError());
    expect(stream.toString()).toBe("<StreamReader exception=RuntimeError>");
  });

  adapted("test___repr__waiter", "toString; a read waits, where the original plants a future", () => {
    const { loop, stream } = newStream();
    const reading = new Task(stream.read(1), { loop });
    runBriefly(loop);
    expect(stream.toString()).toMatch(/^<StreamReader waiter=<Future pending.*>>$/);
    stream.feedData(bytes("x"));
    runUntilComplete(loop, reading);
    expect(stream.toString()).toBe("<StreamReader>");
  });

  adapted("test___repr__transport", "toString", () => {
    const { stream } = newStream();
    stream.setTransport({ pauseReading() {}, resumeReading() {}, toString: () => "<Transport>" });
    expect(stream.toString()).toBe("<StreamReader transport=<Transport>>");
  });
});
