// CPython 3.13: Lib/test/test_asyncio/test_pep492.py, StreamReaderTests.
import { describe, expect } from "vitest";
import type { Coroutine } from "../../src/index.ts";
import { StreamReader } from "../../src/io/net.ts";
import { bytes, text } from "../io/text.ts";
import { newTestLoop, runUntilComplete } from "./helpers.ts";
import { adapted } from "./port.ts";

describe("StreamReaderTests", () => {
  adapted("test_readline", "a loop over readline: JavaScript has no `for` that waits, but for native promises", () => {
    const loop = newTestLoop();
    const stream = new StreamReader({ loop });
    stream.feedData(bytes("line1\nline2\nline3"));
    stream.feedEof();

    function* reader(): Coroutine<string[]> {
      const lines: string[] = [];
      for (;;) {
        const line = yield* stream.readline();
        if (line.length === 0) return lines;
        lines.push(text(line));
      }
    }
    expect(runUntilComplete(loop, reader())).toEqual(["line1\n", "line2\n", "line3"]);
  });
});
