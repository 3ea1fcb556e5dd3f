import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type Page, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LAUNCH_ARGUMENTS, chromiumPath, withoutBrowser } from "./chromium.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const TYPES: Record<string, string> = { js: "text/javascript", html: "text/html" };

/** In the page: what it tells has gone through a string, as a page has no way to our modules but its own imports. */
const program = `async () => {
  const { CancelledError, run, sleep, gather, toThread, getRunningLoop, currentTask } = await import("/dist/index.js");
  const told = [];
  const tell = (error) => told.push(error.name + ": " + error.message.split(".")[0]);

  const began = performance.now();
  const results = await run(function* () {
    return yield* gather([sleep(30, "slow"), sleep(10, "fast")]);
  });
  const took = performance.now() - began;
  told.push(results.join(" and "), took >= 30 && took < 5000 ? "took its time" : "took " + took);

  // The page has its turn while tasks take theirs: a timer of its own fires in between.
  let fired = false;
  await run(function* () {
    setTimeout(() => { fired = true; }, 0);
    while (!fired) yield;
  });
  told.push("the page had its turn");

  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 5);
  await run(() => sleep(60_000), { signal: controller.signal }).catch(tell);
  await run(() => toThread(() => 1)).catch(tell);
  let stack;
  await run(function* () {
    yield* sleep(1);
    stack = currentTask().getStack();
  });
  told.push(JSON.stringify(stack));
  return told;
}`;

describe.skipIf(withoutBrowser !== undefined)(`run, in a browser (skipped: ${withoutBrowser ?? "no"})`, () => {
  let folder: string;
  let server: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "escapement-browser-"));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const built = [tsc, "-p", "tsconfig.build.json", "--outDir", join(folder, "dist")];
    expect(spawnSync(process.execPath, built, { cwd: root, encoding: "utf8" }).stdout).toBe("");
    server = createServer((request, response) => {
      const path = (request.url ?? "/").split("?")[0]!;
      response.setHeader("content-type", TYPES[path.split(".").at(-1)!] ?? "text/html");
      response.end(path.startsWith("/dist/") ? readFileSync(join(folder, path)) : "<!doctype html><title>page</title>");
    });
    await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
    browser = await chromium.launch({
      executablePath: chromiumPath ?? "no Chromium was found; ESCAPEMENT_CHROMIUM names one",
      args: LAUNCH_ARGUMENTS,
    });
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  it("keeps real time, leaves the page its turn, and can be aborted", async () => {
    expect(await page.evaluate(`(${program})()`)).toEqual([
      "slow and fast",
      "took its time",
      "the page had its turn",
      "CancelledError: enough",
      "RuntimeError: toThread: this host has no worker_threads",
      '[{"name":"(coroutine)"}]',
    ]);
  });
});
