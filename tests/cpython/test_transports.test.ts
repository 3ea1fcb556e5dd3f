// CPython 3.13: Lib/test/test_asyncio/test_transports.py, class by class.
import { describe, expect } from "vitest";
import { type EventLoop, ValueError } from "../../src/index.ts";
import type { Protocol } from "../../src/io/transport.ts";
import { Transport } from "../../src/io/transport.ts";
import { bytes, text } from "../io/text.ts";
import { newTestLoop, raised } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

/** A protocol that only remembers whether it was told to stop writing. */
class Told implements Protocol {
  paused = false;
  connectionMade(): void {}
  dataReceived(): void {}
  eofReceived(): void {}
  connectionLost(): void {}
  pauseWriting(): void {
    this.paused = true;
  }
  resumeWriting(): void {
    this.paused = false;
  }
}

/** A transport that carries nothing, with half a kilobyte always in its buffer. */
class MyTransport extends Transport {
  readonly written: string[] = [];

  constructor(extra?: Record<string, unknown>, protocol: Protocol = new Told(), loop: EventLoop = newTestLoop()) {
    super(loop, protocol, extra);
  }

  override write(data: Uint8Array): void {
    this.written.push(text(data));
  }
  protected send(): void {}
  protected sendEof(): void {}
  protected finish(): void {}
  protected drop(): void {}
  pauseReading(): void {}
  resumeReading(): void {}
  getWriteBufferSize(): number {
    return 512;
  }
}

describe("TransportTests", () => {
  adapted("test_ctor_extra_is_none", "what is kept of it is asked by name", () => {
    expect(new MyTransport().getExtraInfo("extra")).toBeNull();
  });

  ported("test_get_extra_info", () => {
    const transport = new MyTransport({ extra: "info" });
    expect(transport.getExtraInfo("extra")).toBe("info");
    expect(transport.getExtraInfo("unknown")).toBeNull();
    const fallback = {};
    expect(transport.getExtraInfo("unknown", fallback)).toBe(fallback);
  });

  ported("test_writelines", () => {
    const transport = new MyTransport();
    transport.writelines([bytes("line1"), Buffer.from("line2"), bytes("-line3-").subarray(1, 6)]);
    expect(transport.written).toEqual(["line1line2line3"]);
  });

  ported("test_flowcontrol_mixin_set_write_limits", () => {
    const protocol = new Told();
    const transport = new MyTransport({}, protocol);
    expect(protocol.paused).toBe(false);

    const error = raised(() => transport.setWriteBufferLimits({ high: 0, low: 1 }));
    expect(error).toBeInstanceOf(ValueError);
    expect((error as Error).message).toMatch(/high.*must be >= low/);

    transport.setWriteBufferLimits({ high: 1024, low: 128 });
    expect(protocol.paused).toBe(false);
    expect(transport.getWriteBufferLimits()).toEqual({ low: 128, high: 1024 });

    transport.setWriteBufferLimits({ high: 256, low: 128 });
    expect(protocol.paused).toBe(true);
    expect(transport.getWriteBufferLimits()).toEqual({ low: 128, high: 256 });
  });
});
