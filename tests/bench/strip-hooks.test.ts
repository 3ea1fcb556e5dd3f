import { describe, expect, it } from "vitest";
import { stripHooks } from "../../bench/strip-hooks.ts";

describe("the build without hooks", () => {
  it.each([
    ["this.instrument?.timerScheduled?.(timer);", ";"],
    ["if (this.instrument !== null) this.instrument.callbackScheduled?.(entry);", ";"],
    ["if (loop.instrument !== null) { loop.instrument.taskSuspended?.(this, on); }", ";"],
    ["if (this.instrument === null && !this.debug) { fast(); } else { slow(); }", "{ fast(); }"],
  ])("takes out %s", (line, left) => {
    expect(stripHooks(`function f() { before(); ${line} after(); }`)).toEqual({
      text: `function f() { before(); ${left} after(); }`,
      stripped: 1,
    });
  });

  it("leaves everything else as it is", () => {
    const text = "class Loop { instrument = null; run() { if (this.ready !== null) this.ready.run(); } }";
    expect(stripHooks(text)).toEqual({ text, stripped: 0 });
  });
});
