// CPython 3.13: Lib/test/test_asyncio/test_streams.py, StreamTests: what is read.
// Where the original looks into `stream._buffer`, `buffered` is read, which is not public.
import { describe, expect } from "vitest";
import { type EventLoop, Task, ValueError } from "../../src/index.ts";
import { IncompleteReadError, LimitOverrunError, StreamReader } from "../../src/io/net.ts";
import { bytes, text } from "../io/text.ts";
import { newTestLoop, raised, runUntilComplete } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

const DATA = "line1\nline2\nline3\n";

/** A loop, a stream on it, and what a test does with them. */
function newStream(limit?: number, loop: EventLoop = newTestLoop()) {
  const stream = new StreamReader({ loop, ...(limit === undefined ? {} : { limit }) });
  const run = (read: ReturnType<StreamReader["read"]>): string => text(runUntilComplete(loop, read));
  return {
    stream,
    loop,
    run,
    feed: (...chunks: string[]) => chunks.forEach((chunk) => stream.feedData(bytes(chunk))),
    start: (read: ReturnType<StreamReader["read"]>) => new Task(read, { loop }),
    finish: (task: Task<Uint8Array>): string => text(runUntilComplete(loop, task)),
    error: (read: ReturnType<StreamReader["read"]>) => raised(() => run(read)) as Error,
    left: () => text(stream.buffered),
  };
}

describe("StreamTests", () => {
  ported("test_feed_empty_data", () => {
    const { feed, left } = newStream();
    feed("");
    expect(left()).toBe("");
  });

  ported("test_feed_nonempty_data", () => {
    const { feed, left } = newStream();
    feed(DATA);
    expect(left()).toBe(DATA);
  });

  ported("test_read_zero", () => {
    const { stream, feed, run, left } = newStream();
    feed(DATA);
    expect(run(stream.read(0))).toBe("");
    expect(left()).toBe(DATA);
  });

  ported("test_read", () => {
    const { stream, loop, start, finish, feed, left } = newStream();
    const task = start(stream.read(30));
    loop.callSoon(() => feed(DATA));
    expect(finish(task)).toBe(DATA);
    expect(left()).toBe("");
  });

  ported("test_read_line_breaks", () => {
    const { stream, run, feed, left } = newStream();
    feed("line1", "line2");
    expect(run(stream.read(5))).toBe("line1");
    expect(left()).toBe("line2");
  });

  ported("test_read_eof", () => {
    const { stream, loop, start, finish, left } = newStream();
    const task = start(stream.read(1024));
    loop.callSoon(() => stream.feedEof());
    expect(finish(task)).toBe("");
    expect(left()).toBe("");
  });

  ported("test_read_until_eof", () => {
    const { stream, loop, start, finish, feed, left } = newStream();
    const task = start(stream.read(-1));
    loop.callSoon(() => {
      feed("chunk1\n", "chunk2");
      stream.feedEof();
    });
    expect(finish(task)).toBe("chunk1\nchunk2");
    expect(left()).toBe("");
  });

  ported("test_read_exception", () => {
    const { stream, run, error, feed } = newStream();
    feed("line\n");
    expect(run(stream.read(2))).toBe("li");
    stream.setException(new ValueError());
    expect(error(stream.read(2))).toBeInstanceOf(ValueError);
  });

  ported("test_invalid_limit", () => {
    for (const limit of [0, -1]) {
      const error = raised(() => newStream(limit));
      expect(error).toBeInstanceOf(ValueError);
      expect((error as Error).message).toContain("imit");
    }
  });

  ported("test_read_limit", () => {
    const { stream, run, feed, left } = newStream(3);
    feed("chunk");
    expect(run(stream.read(5))).toBe("chunk");
    expect(left()).toBe("");
  });

  ported("test_readline", () => {
    const { stream, loop, start, finish, feed, left } = newStream();
    feed("chunk1 ");
    const task = start(stream.readline());
    loop.callSoon(() => feed("chunk2 ", "chunk3 ", "\n chunk4"));
    expect(finish(task)).toBe("chunk1 chunk2 chunk3 \n");
    expect(left()).toBe(" chunk4");
  });

  ported("test_readline_limit_with_existing_data", () => {
    const whole = newStream(3);
    whole.feed("li", "ne1\nline2\n");
    expect(whole.error(whole.stream.readline())).toBeInstanceOf(ValueError);
    expect(whole.left()).toBe("line2\n");

    const partial = newStream(3);
    partial.feed("li", "ne1", "li");
    expect(partial.error(partial.stream.readline())).toBeInstanceOf(ValueError);
    expect(partial.left()).toBe("");
  });

  ported("test_at_eof", () => {
    const { stream, run, feed } = newStream();
    expect(stream.atEof()).toBe(false);
    feed("some data\n");
    expect(stream.atEof()).toBe(false);
    run(stream.readline());
    expect(stream.atEof()).toBe(false);
    feed("some data\n");
    stream.feedEof();
    run(stream.readline());
    expect(stream.atEof()).toBe(true);
  });

  ported("test_readline_limit", () => {
    const afterwards = (...chunks: string[]) => {
      const { stream, loop, feed, error, left } = newStream(7);
      loop.callSoon(() => {
        feed(...chunks);
        stream.feedEof();
      });
      expect(error(stream.readline())).toBeInstanceOf(ValueError);
      return left();
    };
    expect(afterwards("chunk1", "chunk2", "chunk3\n")).toBe("");
    expect(afterwards("chunk1", "chunk2\n", "chunk3\n")).toBe("chunk3\n");

    const { stream, run, feed, error, left } = newStream(7);
    feed("1234567\n");
    expect(run(stream.readline())).toBe("1234567\n");
    expect(left()).toBe("");
    for (const tooLong of ["12345678\n", "12345678"]) {
      feed(tooLong);
      expect(error(stream.readline())).toBeInstanceOf(ValueError);
      expect(left()).toBe("");
    }
  });

  ported("test_readline_nolimit_nowait", () => {
    const { stream, run, feed, left } = newStream();
    feed(DATA.slice(0, 6), DATA.slice(6));
    expect(run(stream.readline())).toBe("line1\n");
    expect(left()).toBe("line2\nline3\n");
  });

  ported("test_readline_eof", () => {
    const { stream, run, feed } = newStream();
    feed("some data");
    stream.feedEof();
    expect(run(stream.readline())).toBe("some data");
  });

  ported("test_readline_empty_eof", () => {
    const { stream, run } = newStream();
    stream.feedEof();
    expect(run(stream.readline())).toBe("");
  });

  ported("test_readline_read_byte_count", () => {
    const { stream, run, feed, left } = newStream();
    feed(DATA);
    run(stream.readline());
    expect(run(stream.read(7))).toBe("line2\nl");
    expect(left()).toBe("ine3\n");
  });

  ported("test_readline_exception", () => {
    const { stream, run, feed, error, left } = newStream();
    feed("line\n");
    expect(run(stream.readline())).toBe("line\n");
    stream.setException(new ValueError());
    expect(error(stream.readline())).toBeInstanceOf(ValueError);
    expect(left()).toBe("");
  });

  ported("test_readuntil_separator", () => {
    const { stream, error } = newStream();
    for (const [separator, message] of [
      [bytes(""), "Separator should be"],
      [[bytes("")], "Separator should be"],
      [[], "Separator should contain"],
    ] as const) {
      const thrown = error(stream.readuntil(separator));
      expect(thrown).toBeInstanceOf(ValueError);
      expect(thrown.message).toContain(message);
    }
  });

  ported("test_readuntil_multi_chunks", () => {
    const { stream, run, feed, left } = newStream();
    for (const [chunk, rest] of [
      ["lineAAA", ""],
      ["lineAAA", ""],
      ["lineAAAxxx", "xxx"],
    ] as const) {
      feed(chunk);
      expect(run(stream.readuntil(bytes("AAA")))).toBe("lineAAA");
      expect(left()).toBe(rest);
    }
  });

  ported("test_readuntil_multi_chunks_1", () => {
    const { stream, run, feed, left } = newStream();
    for (const [chunks, found] of [
      [["QWEaa", "XYaa", "a"], "QWEaaXYaaa"],
      [["QWEaa", "XYa", "aa"], "QWEaaXYaaa"],
      [["aaa"], "aaa"],
      [["Xaaa"], "Xaaa"],
      [["XXX", "a", "a", "a"], "XXXaaa"],
    ] as const) {
      feed(...chunks);
      expect(run(stream.readuntil(bytes("aaa")))).toBe(found);
      expect(left()).toBe("");
    }
  });

  ported("test_readuntil_eof", () => {
    const { stream, feed, error, left } = newStream();
    feed("some dataAA");
    stream.feedEof();
    const thrown = error(stream.readuntil(bytes("AAA"))) as IncompleteReadError;
    expect(thrown).toBeInstanceOf(IncompleteReadError);
    expect(thrown.message).toContain("undefined expected bytes");
    expect(text(thrown.partial)).toBe("some dataAA");
    expect(thrown.expected).toBeNull();
    expect(left()).toBe("");
  });

  ported("test_readuntil_limit_found_sep", () => {
    const { stream, feed, error, left } = newStream(3);
    feed("some dataAA");
    const notFound = error(stream.readuntil(bytes("AAA")));
    expect(notFound).toBeInstanceOf(LimitOverrunError);
    expect(notFound.message).toContain("not found");
    expect(left()).toBe("some dataAA");

    feed("A");
    const found = error(stream.readuntil(bytes("AAA")));
    expect(found).toBeInstanceOf(LimitOverrunError);
    expect(found.message).toContain("is found");
    expect(left()).toBe("some dataAAA");
  });

  ported("test_readuntil_multi_separator", () => {
    const { stream, run, feed, left } = newStream();
    feed("line 1\nline 2\r");
    expect(run(stream.readuntil([bytes("\r"), bytes("\n")]))).toBe("line 1\n");
    expect(run(stream.readuntil([bytes("\r"), bytes("\n")]))).toBe("line 2\r");
    expect(left()).toBe("");

    feed("ABCDEFG");
    expect(run(stream.readuntil([bytes("DEF"), bytes("BCDE")]))).toBe("ABCDE");
    expect(left()).toBe("FG");
  });

  ported("test_readuntil_multi_separator_limit", () => {
    const { stream, feed, error, left } = newStream(3);
    feed("some dataA");
    const thrown = error(stream.readuntil([bytes("A"), bytes("ome dataA")]));
    expect(thrown).toBeInstanceOf(LimitOverrunError);
    expect(thrown.message).toContain("is found");
    expect(left()).toBe("some dataA");
  });

  ported("test_readuntil_multi_separator_negative_offset", () => {
    const { stream, loop, start, finish, feed, left } = newStream();
    feed("data");
    const task = start(stream.readuntil([bytes("A"), bytes("long sep")]));
    loop.callSoon(feed, "Z");
    loop.callSoon(feed, "Aaaa");
    expect(finish(task)).toBe("dataZA");
    expect(left()).toBe("aaa");
  });

  adapted("test_readuntil_bytearray", "a Buffer is JavaScript's other kind of bytes", () => {
    const { stream, run, feed, left } = newStream();
    feed("some data\r\n");
    expect(run(stream.readuntil(Buffer.from("\r\n")))).toBe("some data\r\n");
    expect(left()).toBe("");
  });

  ported("test_readexactly_zero_or_less", () => {
    const { stream, run, feed, error, left } = newStream();
    feed(DATA);
    expect(run(stream.readexactly(0))).toBe("");
    expect(left()).toBe(DATA);
    const thrown = error(stream.readexactly(-1));
    expect(thrown).toBeInstanceOf(ValueError);
    expect(thrown.message).toContain("less than zero");
    expect(left()).toBe(DATA);
  });

  ported("test_readexactly", () => {
    const { stream, loop, start, finish, feed, left } = newStream();
    const task = start(stream.readexactly(2 * DATA.length));
    loop.callSoon(() => feed(DATA, DATA, DATA));
    expect(finish(task)).toBe(DATA + DATA);
    expect(left()).toBe(DATA);
  });

  ported("test_readexactly_limit", () => {
    const { stream, run, feed, left } = newStream(3);
    feed("chunk");
    expect(run(stream.readexactly(5))).toBe("chunk");
    expect(left()).toBe("");
  });

  ported("test_readexactly_eof", () => {
    const { stream, loop, start, feed, left } = newStream();
    const task = start(stream.readexactly(2 * DATA.length));
    loop.callSoon(() => {
      feed(DATA);
      stream.feedEof();
    });
    const thrown = raised(() => runUntilComplete(loop, task)) as IncompleteReadError;
    expect(thrown).toBeInstanceOf(IncompleteReadError);
    expect(text(thrown.partial)).toBe(DATA);
    expect(thrown.expected).toBe(2 * DATA.length);
    expect(thrown.message).toBe("18 bytes read on a total of 36 expected bytes");
    expect(left()).toBe("");
  });

  ported("test_readexactly_exception", () => {
    const { stream, run, feed, error } = newStream();
    feed("line\n");
    expect(run(stream.readexactly(2))).toBe("li");
    stream.setException(new ValueError());
    expect(error(stream.readexactly(2))).toBeInstanceOf(ValueError);
  });
});
