import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, type Page, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { writePlayground } from "../../scripts/viewer/build.ts";
import { LAUNCH_ARGUMENTS, chromiumPath, withoutBrowser } from "./chromium.ts";

const PROGRAM = `import { type Coroutine, createTask, sleep } from "escapement";

function* child(name: string): Coroutine<void> {
  yield* sleep(250);
  console.log(name, "was here");
}

export default function* main(): Coroutine<void> {
  const ann = createTask(child("ann"), { name: "ann" });
  const bob = createTask(child("bob"), { name: "bob" });
  yield* ann;
  yield* bob;
}
`;

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 90_000 });

describe.skipIf(withoutBrowser !== undefined)(`The playground (skipped: ${withoutBrowser ?? "no"})`, () => {
  let folder: string;
  let server: Server;
  let address: string;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "escapement-playground-"));
    await writePlayground(folder);
    const html = readFileSync(join(folder, "index.html"));
    server = createServer((_request, response) => {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(html);
    });
    await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await chromium.launch({
      executablePath: chromiumPath ?? "no Chromium was found; ESCAPEMENT_CHROMIUM names one",
      args: LAUNCH_ARGUMENTS,
    });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Look {
    readonly hash?: string;
    readonly phone?: boolean;
    readonly dark?: boolean;
  }

  /** Opens the page in a browser that knows nothing yet. Whatever it complains of, or asks the network for, is noted. */
  async function open({ hash = "", phone = false, dark = false }: Look = {}): Promise<void> {
    await context?.close();
    complaints.length = 0;
    context = await browser.newContext({
      viewport: phone ? { width: 390, height: 844 } : { width: 1360, height: 820 },
      colorScheme: dark ? "dark" : "light",
      reducedMotion: "reduce",
    });
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (request.url().split("#")[0] !== address && !/^(blob|data):/.test(request.url()))
        complaints.push(request.url());
    });
    await page.goto(`${address}${hash}`, { timeout: 60_000 });
    await page.waitForSelector(".cm-content");
  }

  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  /** What stands there, its white space aside. */
  const text = async (selector: string): Promise<string> => {
    const found = await page.locator(selector).allInnerTexts();
    return found.map((one) => one.replaceAll(/\s+/g, " ").trim()).join(" | ");
  };
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const output = () => text(".output li");
  /** What stands in the editor, without those who are parked there. */
  const program = async (): Promise<string> => {
    const lines = `Array.from(document.querySelectorAll(".cm-line"), (line) => {
      const copy = line.cloneNode(true);
      copy.querySelectorAll(".parked-here").forEach((parked) => parked.remove());
      return copy.textContent;
    })`;
    const found: string[] = await page.evaluate(lines);
    return found.join("\n").trimEnd();
  };

  /** Types a program, and runs it; until what it prints is there. */
  async function write(code: string, printed: RegExp): Promise<void> {
    await page.locator(".cm-content").fill(code);
    await press("Control+Enter");
    await page.locator(".output", { hasText: printed }).waitFor();
  }

  it("runs the first program at once, and shows what it prints, with its times", async () => {
    await open();
    await page.locator(".output li").first().waitFor();
    expect((await output()).split(" | ").slice(0, 2)).toEqual([
      "150 ms worker-2 has worked for 150 ms",
      "250 ms worker-2 has worked for 100 ms",
    ]);
    expect(complaints).toEqual([]);
  });

  it("runs what is written, types and all, and steps forwards and backwards through it", async () => {
    await open();
    await write(PROGRAM, /bob was here/);
    expect(await output()).toBe("250 ms ann was here | 250 ms bob was here");
    await button("Next event").click();
    expect(await text(".narration")).toBe("The task Task-1 is made.");
    await button("Next event").click();
    expect(await text(".narration")).toBe("Task-1 joins the ready queue: spawned.");
    await button("Back one event").click();
    expect(await text(".narration")).toBe("The task Task-1 is made.");
    await press("t");
    expect(await text(".narration")).toBe("Nothing is ready: the clock goes from 0 to 250.");
    expect(await text(".parked-here")).toBe("○ ann ○ bob | ○ Task-1");
    expect(await text(".cm-line.is-current")).toContain("yield* sleep(250);");
    expect(complaints).toEqual([]);
  });

  it("takes keys for the program while it is written, and for the run otherwise", async () => {
    await open();
    await write(PROGRAM, /bob was here/);
    await press("l", "x");
    expect([await page.locator("dialog").count(), await text(".clocks dd")]).toEqual([0, "0 | 0 / 52 | 0 ms"]);
    expect(await text(".panel-source .note")).toBe("not run yet: Ctrl+Enter runs it");
    expect(await page.locator(".parked-here, .is-current").count()).toBe(0);
  });

  it("gives a program away in a link, which opens it in another browser, and waits until it was read", async () => {
    await open();
    const code = `${PROGRAM}// ünïcödé & "quotes"\n`;
    await write(code, /bob was here/);
    await button("Share").click();
    await page.locator(".said", { hasText: "It holds the program itself" }).waitFor();
    const { hash } = new URL(page.url());
    expect(hash).toMatch(/^#program=[\w-]+$/);
    await open({ hash });
    await page.locator(".said", { hasText: "Read it, then run it." }).waitFor();
    expect(await program()).toBe(code.trimEnd());
    expect(await output()).toBe("");
    await button("▶ Run").click();
    await page.locator(".output", { hasText: "bob was here" }).waitFor();
    expect(complaints).toEqual([]);
  });

  it.each([
    ["#program=abc", "The link is damaged: the program in it cannot be read."],
    ["#lesson=99-zen", "The link names a lesson “99-zen”, and there is none."],
  ])("says of the link %s what is wrong with it", async (hash, problem) => {
    await open({ hash });
    await page.locator(".problem", { hasText: problem }).waitFor();
    await page.locator(".output li").first().waitFor();
  });

  it("leaves what runs, when another link is followed", async () => {
    await open();
    await page.locator(".output li").first().waitFor();
    await page.locator(".cm-content").fill("export default function* main() { for (;;); }");
    await press("Control+Enter");
    await page.evaluate('location.hash = "#lesson=01-hello"');
    await page.locator(".lesson", { hasText: "Begin" }).waitFor();
    expect(await page.locator(".problem").count()).toBe(0);
  });

  it("runs it again with one thing decided otherwise, beside the first, and comes back", async () => {
    await open();
    await write(PROGRAM, /bob was here/);
    await page.locator(".program").click();
    await press("t");
    await button("What if?").click();
    expect(await text(".alternatives li")).toBe("Task-1 is cancelled | ann is cancelled | bob is cancelled");
    await button("ann is cancelled").click();
    await page.locator(".theatre.is-compared").waitFor();
    expect(await text(".stage-head h2")).toBe("As it was | What if ann is cancelled?");
    expect(await text(".stage-head .narration")).toBe(
      "wake() is first in the ready queue, and runs. | The host asks ann to cancel.",
    );
    await button("Back to the program").click();
    await page.locator(".cm-content").waitFor();
    expect(await program()).toBe(PROGRAM.trimEnd());
    expect(complaints).toEqual([]);
  });

  it.each([
    ["const = 1;", /SyntaxError: .* \(near line 1\)/],
    ["function* main() {}", /The program has no main/],
    ['import "node:fs";', /There is no "node:fs" in a page/],
    ["export default function* main() { for (;;) yield; }", /The program waited more than 3000 times, and was held/],
  ])("says what is wrong with a program: %s", async (code, problem) => {
    await open();
    await page.locator(".output li").first().waitFor();
    await page.locator(".cm-content").fill(code);
    await press("Control+Enter");
    await page.locator(".problem", { hasText: problem }).waitFor();
    expect(complaints).toEqual([]);
  });

  it("is not hung by a program that never gives control back: it ends it, or you do", async () => {
    await open();
    await page.locator(".output li").first().waitFor();
    await page.locator(".cm-content").fill("export default function* main() { for (;;); }");
    // At once, however busy the machine is.
    await page.evaluate(`new Promise((done) => {
      const click = (name) => {
        const found = Array.from(document.querySelectorAll("button")).find((one) => one.textContent === name);
        found?.click();
        return found !== undefined;
      };
      const stop = () => click("■ Stop") ? done() : setTimeout(stop, 1);
      click("▶ Run");
      stop();
    })`);
    await page.locator(".problem", { hasText: "until you stopped it and never gave control back" }).waitFor();
    await button("▶ Run").click();
    await page.locator(".problem", { hasText: "for 10 seconds and never gave control back" }).waitFor();
    await write(PROGRAM, /bob was here/);
  });

  it("keeps a program from the network", async () => {
    await open();
    const reach = `
      export default function* main() {
        const request = new XMLHttpRequest();
        request.open("GET", "${address}", false);
        try {
          request.send();
          console.log("tried: reached it");
        } catch (error) {
          console.log("tried:", error.name);
        }
      }`;
    await write(reach, /tried/);
    expect(await output()).toBe("0 ms tried: NetworkError");
  });

  it("teaches: a wrong answer is told why, a right one shows what comes, and the end says where to read", async () => {
    await open({ hash: "#lesson=02-ready-queue" });
    await page.locator(".lesson").waitFor();
    await button("Begin").click();
    const { length } = await page.locator(".answers button").all();
    expect(length).toBeGreaterThan(2);
    const before = await text(".clocks dd");
    // What is to come is not there to be looked at.
    await press("End");
    expect(await text(".clocks dd")).toBe(before);
    await button("b 1").click();
    expect(await text(".verdict.is-wrong")).toBe("✕ No, not b 1. That is printed too, by b, but later.");
    await button("both are made").click();
    expect(await text(".verdict.is-right")).toMatch(/^✓ Right: both are made\. ./);
    await button("Go on").click();
    expect(await text(".question")).toBe("Who runs next?");
    // By its card.
    await page.locator(".card", { hasText: "b" }).last().click();
    expect(await text(".verdict.is-wrong")).toMatch(/^✕ No, not b\. b is in the ready queue, but in place 2/);
    await page.locator(".card", { hasText: "next" }).click();
    await page.locator(".verdict.is-right").waitFor();
    expect(await text(".narration")).toBe("a is first in the ready queue, and runs.");
    expect(complaints).toEqual([]);
  });

  it("teaches every lesson to its end", async () => {
    await open({ hash: "#lesson=01-hello" });
    for (let lesson = 1; lesson <= 15; lesson += 1) {
      await page.locator(`option:checked`, { hasText: new RegExp(`^${lesson}\\. `) }).waitFor({ state: "attached" });
      await button("Begin").click();
      while ((await page.locator(".answers").count()) > 0) {
        // One after the other, until one is right.
        for (const answer of await page.locator(".answers button").all()) {
          await answer.click();
          if ((await page.locator(".verdict.is-right").count()) > 0) break;
        }
        await page.locator(".lesson .primary").click();
      }
      expect(await text(".lesson-text")).toMatch(/at the first try\..* In CPython: .*Here: read /);
      if (lesson < 15) await button("Next lesson").click();
    }
    expect([await button("Next lesson").count(), complaints]).toEqual([0, []]);
  });

  describe.each([
    { phone: false, dark: false },
    { phone: false, dark: true },
    { phone: true, dark: true },
  ])("on a phone: $phone, in the dark: $dark", (look) => {
    it.each([
      ["a run", "", async () => press("t", "t")],
      ["a lesson", "#lesson=02-ready-queue", async () => button("Begin").click()],
      ["what if", "", async () => press("t", "x")],
    ] as const)("has nothing serious for axe in %s, and nothing beside the page", async (_, hash, act) => {
      await open({ ...look, hash });
      await page
        .locator(hash === "" ? ".output li" : ".lesson")
        .first()
        .waitFor();
      await act();
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
