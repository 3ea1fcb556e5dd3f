import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Coroutine, Queue, type Task, createTask, gather, sleep } from "escapement";
import { type Trace, formatTrace, mark, narrate, record, toHtml } from "escapement/inspect";
import axe from "axe-core";
import { type Browser, type Page, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { writeViewer } from "../../scripts/viewer/build.ts";
import { LAUNCH_ARGUMENTS, chromiumPath, withoutBrowser } from "./chromium.ts";

const SOURCE = `function* worker(jobs) {
  const job = yield* jobs.get();
  yield* sleep(job);
}`;

/** Two workers take jobs from a queue; `longest` is how long the second takes. */
function traceOfWorkers(longest: number): Trace {
  function* worker(jobs: Queue<number>): Coroutine<void> {
    yield* sleep(yield* jobs.get());
  }
  const { trace } = record(
    function* () {
      const jobs = new Queue<number>();
      const workers = ["A", "B"].map((name) => createTask(worker(jobs), { name: `worker ${name}` }));
      mark("open");
      yield* jobs.put(1000);
      yield* jobs.put(longest);
      yield* gather(workers);
    },
    { lines: false, header: { program: "workers.ts", clock: "virtual", hostTimes: [0, 1.5, 3, 4, 5, 6, 7] } },
  );
  // With the lines of a source, as the recorder would have them.
  const at = (line: number) => [{ name: "worker", file: "/somewhere/workers.ts", line, column: 3 }];
  const events = trace.events.map((event) => {
    if (event.kind !== "task.suspended" || event["task"] === 1) return event;
    return { ...event, frames: at(event["label"] === "sleep" ? 3 : 2) };
  });
  return { ...trace, sources: { "/somewhere/workers.ts": SOURCE }, events };
}

function traceOfDeadlock(): Trace {
  const tasks: Record<string, Task<void>> = {};
  function* waits(name: string): Coroutine<void> {
    yield;
    yield* tasks[name]!;
  }
  function* main(): Coroutine<void> {
    tasks["a"] = createTask(waits("b"), { name: "a" });
    tasks["b"] = createTask(waits("a"), { name: "b" });
    yield* tasks["a"];
  }
  return record(main, { lines: false }).trace;
}

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 90_000 });

describe.skipIf(withoutBrowser !== undefined)(`The theatre (skipped: ${withoutBrowser ?? "no"})`, () => {
  const trace = traceOfWorkers(2000);
  const deadlock = traceOfDeadlock();
  const closed = deadlock.events.findIndex(({ kind }) => kind === "cancel.requested");
  const asleep = trace.events.findIndex(({ kind }) => kind === "time.passed");
  let folder: string;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    await writeViewer("src/inspect");
    folder = mkdtempSync(join(tmpdir(), "escapement-theatre-"));
    browser = await chromium.launch({
      executablePath: chromiumPath ?? "no Chromium was found; ESCAPEMENT_CHROMIUM names one",
      args: LAUNCH_ARGUMENTS,
    });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Look {
    readonly hash?: string;
    readonly phone?: boolean;
    readonly dark?: boolean;
  }

  /** Opens the page from a file, as a user would. Whatever it complains of, or asks the network for, is noted. */
  async function open(html: string, { hash = "", phone = false, dark = false }: Look = {}): Promise<void> {
    await page?.close();
    complaints.length = 0;
    page = await browser.newPage({
      viewport: phone ? { width: 390, height: 844 } : { width: 1360, height: 820 },
      colorScheme: dark ? "dark" : "light",
      reducedMotion: "reduce",
    });
    page.setDefaultTimeout(60_000);
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!/^(file|blob|data):/.test(request.url())) complaints.push(request.url());
    });
    const file = join(folder, "page.html");
    writeFileSync(file, html);
    await page.goto(`${pathToFileURL(file).href}${hash}`, { timeout: 60_000 });
    await page.waitForSelector(".theatre");
  }

  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  /** What stands there, its white space aside. */
  const text = async (selector: string): Promise<string> => {
    const found = await page.locator(selector).allInnerTexts();
    return found.map((one) => one.replaceAll(/\s+/g, " ").trim()).join(" | ");
  };
  const told = () => text(".narration");
  const seen = async (): Promise<number> => Number(await page.locator("input[type=range]").inputValue());
  const shows = (index: number) =>
    page.waitForSelector(`input[aria-valuetext="event ${index} of ${trace.events.length}"]`);
  const sentence = (index: number) => narrate(trace, index - 1);

  it("begins at the beginning, and goes forwards and backwards by keys", async () => {
    await open(toHtml(trace));
    expect([await told(), await seen()]).toEqual(["Nothing has happened yet.", 0]);
    await press("ArrowRight", "l", "ArrowRight", "h");
    expect([await told(), await seen()]).toEqual([sentence(2), 2]);
    await press("Shift+ArrowRight");
    expect(await told()).toBe("Iteration 1 begins.");
    await press("t");
    expect(await told()).toBe("Nothing is ready: the clock goes from 0 to 1000.");
    await press("Shift+T", "End");
    expect([await told(), await seen()]).toEqual([sentence(trace.events.length), trace.events.length]);
    await press("Shift+ArrowLeft", "Home");
    expect(await told()).toBe("Nothing has happened yet.");
    expect(complaints).toEqual([]);
  });

  it("says where and when it is: turn, event, the virtual clock and the real one", async () => {
    await open(toHtml(trace), { hash: `#event=${asleep + 2}` });
    expect(await text(".clocks")).toBe(
      `turn 3 event ${asleep + 2} / ${trace.events.length} virtual clock 1000 ms real clock 3.0 ms`,
    );
  });

  it("shows the queue as cards that say why they are there, the next one first", async () => {
    const pushed = trace.events.findIndex(({ kind, task }) => kind === "ready.pushed" && task === 3);
    await open(toHtml(trace), { hash: `#event=${pushed + 1}` });
    expect(await text(".card")).toBe("▶ Task-1 has its step | ● worker A spawned next | ● worker B spawned 2");
  });

  it("shows the timers by deadline, and as a heap", async () => {
    await open(toHtml(trace), { hash: `#event=${asleep}` });
    expect(await text(".timers li")).toBe("◷ 1000 worker A sleep in 1000 | ◷ 2000 worker B sleep in 2000");
    await press("d");
    expect(await page.locator(".heap-node > title").allTextContents()).toEqual(["1000 worker A", "2000 worker B"]);
  });

  it("shows the source, the current line, and who is parked where", async () => {
    await open(toHtml(trace), { hash: `#event=${asleep}` });
    expect(await text(".code .is-current code")).toBe("yield* sleep(job);");
    expect(await text(".code li:nth-child(3) .chip")).toBe("○ worker A | ○ worker B");
    await press("s");
    expect(await text(".story .is-current")).toBe(`${asleep} ${sentence(asleep)}`);
    await page.locator(".story li").first().click();
    expect(await seen()).toBe(1);
  });

  it("shows the tasks under their parents, and who waits for whom", async () => {
    await open(toHtml(trace), { hash: `#event=${asleep}` });
    expect(await text(".task")).toBe("○ Task-1 gather | ○ worker A sleep line 3 | ○ worker B sleep line 3");
    await press("a");
    expect(await page.locator(".waits > title").textContent()).toBe(
      "Task-1 waits for worker A, Task-1 waits for worker B",
    );
  });

  it("shows a ring as a deadlock, with double outlines", async () => {
    await open(toHtml(deadlock), { hash: `#event=${closed}&graph=waits` });
    expect(await text(".deadlock")).toBe("DEADLOCK: a → b");
    expect(await page.locator(".wait-node.is-locked .wait-name").allTextContents()).toEqual(["a", "b"]);
    expect(await page.locator(".wait-node .outer").count()).toBe(2);
    expect(await page.locator(".wait.is-locked").count()).toBe(2);
    await press("a");
    expect(await text(".task.is-locked .task-name")).toBe("a | b");
  });

  it("follows a selected task, and filters by name", async () => {
    await open(toHtml(trace), { hash: `#event=${asleep}` });
    await page.locator(".task", { hasText: "worker B" }).click();
    await press("n");
    expect(await told()).toBe("worker B is first in the ready queue, and runs.");
    await press("/");
    await page.keyboard.type("worker A");
    await press("Enter");
    expect([await text(".task-name"), await text(".lane-names button")]).toEqual(["worker A", "worker A"]);
  });

  it("is moved by the scrubber, its flags, and a click into the timeline", async () => {
    await open(toHtml(trace));
    await page.locator("input[type=range]").fill("7");
    expect(await told()).toBe(sentence(7));
    await page.locator(".flag.is-mark").click();
    expect(await told()).toBe("Task-1 says: open.");
    const box = (await page.locator(".lanes svg").boundingBox())!;
    await page.mouse.click(box.x + box.width - 2, box.y + 5);
    expect(await seen()).toBe(trace.events.length);
  });

  it("goes to an event or a time, and on to a breakpoint", async () => {
    await open(toHtml(trace));
    await press("g");
    await page.keyboard.type("2000 ms");
    await press("Enter");
    expect(await told()).toBe("Nothing is ready: the clock goes from 1000 to 2000.");
    await press("g");
    await page.keyboard.type("tea time");
    await press("Enter");
    expect(await text("dialog [role=alert]")).toBe("“tea time” is neither the number of an event nor a time.");
    await press("Escape", "Home", "b");
    await page.keyboard.type("task worker B");
    await press("Enter");
    expect(await told()).toBe("worker B is first in the ready queue, and runs.");
    await press("End", "B");
    expect(await told()).toBe("“task worker B” is not met after this.");
  });

  it("plays to the end, and says what the keys are", async () => {
    await open(toHtml(trace), { hash: `#event=${trace.events.length - 3}` });
    await press("4");
    await shows(trace.events.length);
    expect(await page.locator(".play").getAttribute("aria-label")).toBe("Play");
    await press("?");
    expect(await text(".keys tr:first-child")).toBe("→l next event");
  });

  it("keeps the moment in its address, and goes where an address says", async () => {
    await open(toHtml(trace));
    await press("ArrowRight", "ArrowRight", "a");
    await page.waitForURL(({ hash }) => hash === "#event=2&graph=waits");
    await page.evaluate('location.hash = "#event=5&task=2"');
    await shows(5);
    expect(await text(".task[aria-pressed=true] .task-name")).toBe("worker A");
  });

  it("shows two runs side by side, from where they part", async () => {
    const other = traceOfWorkers(3000);
    await open(toHtml(trace, { beside: { name: "slower.ts", trace: other } }));
    const [left, right] = ["worker B sets a timer for 2000: sleep.", "worker B sets a timer for 3000: sleep."];
    expect(await text(".difference span")).toContain(`Then, left: ${left} Right: ${right}`);
    await press("c");
    expect(await text(".stage .narration")).toBe(`${left} | ${right}`);
    expect(await text(".stage-head h2")).toBe("workers.ts | slower.ts");
    expect(complaints).toEqual([]);
  });

  it("takes a second run from a file, and says what is wrong with one", async () => {
    await open(toHtml(trace));
    const file = join(folder, "slower.trace.json");
    writeFileSync(file, formatTrace(traceOfWorkers(3000)));
    await press("c");
    await page.locator("input[type=file]").setInputFiles({
      name: "newer.json",
      mimeType: "application/json",
      buffer: Buffer.from('{"version":2}'),
    });
    await page.waitForSelector("dialog [role=alert]");
    expect(await text("dialog [role=alert]")).toBe("newer.json: The trace is of version 2; this reads version 1.");
    await page.locator("input[type=file]").setInputFiles(file);
    await page.waitForSelector(".theatre.is-compared");
    expect(await text(".stage-head h2")).toBe("workers.ts | slower.trace.json");
  });

  it("gives the moment and the run away", async () => {
    await open(toHtml(trace), { hash: `#event=${asleep}` });
    await press("e");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("dialog button", { hasText: "Trace" }).last().click(),
    ]);
    expect(download.suggestedFilename()).toBe("workers.trace.json");
    expect(readFileSync(await download.path(), "utf8")).toBe(formatTrace(trace));
  });

  it("says what could not be read, and shows a run of nothing", async () => {
    const problem = "run.json: The trace was cut short after 0 events.";
    await open(toHtml({ ...trace, sources: {}, events: [] }, { problems: [problem] }));
    expect([await text(".problem"), await told()]).toEqual([problem, "Nothing has happened yet."]);
    await press("ArrowRight", "d", "a", "s", "End");
    expect([await seen(), complaints]).toEqual([0, []]);
  });

  it("opens a run of 10,000 events at any of them", async () => {
    const { trace: long } = record(() => gather(Array.from({ length: 700 }, (_, i) => sleep(i % 50))), {
      lines: false,
    });
    expect(long.events.length).toBeGreaterThan(10_000);
    await open(toHtml(long), { hash: "#event=7777" });
    expect(await told()).toBe(narrate(long, 7776));
    expect(complaints).toEqual([]);
  });

  it("is light or dark as one likes", async () => {
    const paper = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    await open(toHtml(trace), { dark: true });
    const dark = await paper();
    await page.locator("button[title='Light or dark']").click();
    const light = await paper();
    expect(light).not.toBe(dark);
    await open(toHtml(trace));
    expect(await paper()).toBe(light);
    await page.locator("button[title='Light or dark']").click();
    expect(await paper()).toBe(dark);
  });

  it("lets no name become markup", async () => {
    const name = "<img src=x onerror=alert(1)></script>";
    const { trace: nasty } = record(() => createTask(sleep(1) as never, { name }), { lines: false });
    await open(toHtml(nasty, { name }));
    await press("End");
    expect([await page.locator("img").count(), complaints]).toEqual([0, []]);
  });

  describe.each([
    { phone: false, dark: false },
    { phone: false, dark: true },
    { phone: true, dark: true },
  ])("on a phone: $phone, in the dark: $dark", (look) => {
    it.each([
      ["a moment", () => toHtml(trace), asleep, []],
      ["the story and the heap", () => toHtml(trace), asleep, ["s", "d"]],
      ["a deadlock", () => toHtml(deadlock), closed, ["a"]],
      ["the keys", () => toHtml(trace), 3, ["?"]],
      ["two runs", () => toHtml(trace, { beside: { name: "slower", trace: traceOfWorkers(3000) } }), asleep, []],
    ] as const)("has nothing serious for axe in %s, and nothing beside the page", async (_, html, index, keys) => {
      await open(html(), { ...look, hash: `#event=${index}` });
      await press(...keys);
      await page.evaluate(axe.source);
      const { violations, passes } = (await page.evaluate("axe.run()")) as {
        violations: Violation[];
        passes: unknown[];
      };
      expect(passes.length).toBeGreaterThan(15);
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(serious.map(({ id, nodes }) => [id, ...nodes.map(({ html: node }) => node)])).toEqual([]);
      const overhang = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect([overhang, complaints]).toEqual([0, []]);
    });
  });
});

interface Violation {
  readonly id: string;
  readonly impact?: string;
  readonly nodes: readonly { readonly html: string }[];
}
