import { type LoopReport, PUBLISHED } from "../../task/attach.ts";
import { UsageError } from "../usage-error.ts";
import { Devtools, DevtoolsError, findInspector } from "./devtools.ts";
import { checkIsNode, listeningPorts } from "./process-facts.ts";

// Node opens V8's inspector on a signal, busy or not. It listens on 127.0.0.1 while it is open: whoever is on this machine
// could connect to it, and run code in the process.

const DEFAULT_PORT = 9229;
const OPEN_WITHIN = 10_000;
const LOOK_EVERY = 50;
// Each costs the process about a millisecond.
const LOCATED = 200;

/** A process that is looked at. `close()` puts it back as it was. */
export class Target {
  readonly pid: number;
  readonly #devtools: Devtools;
  /** Its inspector was closed before. */
  readonly #opened: boolean;

  private constructor(pid: number, devtools: Devtools, opened: boolean) {
    this.pid = pid;
    this.#devtools = devtools;
    this.#opened = opened;
  }

  /** @throws {UsageError} When there is nothing to be looked at; it says why. */
  static async attach(pid: number, port: number | undefined): Promise<Target> {
    checkIsNode(pid);
    const before = await openAlready(pid, port);
    const address = before ?? (await openInspector(pid, port));
    const target = new Target(pid, await Devtools.connect(address), before === null);
    try {
      await target.#check();
    } catch (error) {
      await target.close();
      throw error;
    }
    return target;
  }

  async #check(): Promise<void> {
    const found = await this.#devtools.evaluate("process.pid");
    if (found !== this.pid) {
      throw new UsageError(
        `the inspector of process ${this.pid} could not be told from that of process ${String(found)}. Start it with --inspect-port=0.`,
      );
    }
    const version = await this.#devtools.evaluate(`globalThis[Symbol.for("${PUBLISHED}")]?.version ?? null`);
    if (version === null) {
      throw new UsageError(`process ${this.pid} is Node, but no event loop of escapement has run a task in it.`);
    }
    if (version !== 1) {
      throw new UsageError(
        `process ${this.pid} runs another version of escapement, which tells of itself in form ${JSON.stringify(version)}; this one reads form 1.`,
      );
    }
  }

  async report(): Promise<LoopReport[]> {
    const text = await this.#devtools.evaluate(`globalThis[Symbol.for("${PUBLISHED}")].report(${LOCATED})`);
    return JSON.parse(text as string) as LoopReport[];
  }

  async close(): Promise<void> {
    // Closing the inspector closes the connection with it: there is no answer.
    if (this.#opened) await this.#devtools.evaluate("process._debugEnd()").catch(ignoreDevtoolsError);
    this.#devtools.close();
  }
}

function ignoreDevtoolsError(error: unknown): void {
  if (!(error instanceof DevtoolsError)) throw error;
}

/** Where its inspector listens, if it does before anybody asks. */
async function openAlready(pid: number, port: number | undefined): Promise<string | null> {
  const ports = listeningPorts(pid);
  const likely = port ?? DEFAULT_PORT;
  // Where the host does not tell whose port it is, the process is asked, once connected.
  return ports === null || ports.has(likely) ? await findInspector(likely) : null;
}

async function openInspector(pid: number, port: number | undefined): Promise<string> {
  const before = listeningPorts(pid);
  process.kill(pid, "SIGUSR1");
  const until = Date.now() + OPEN_WITHIN;
  while (Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    const now = listeningPorts(pid);
    const fresh = now === null || before === null ? [port ?? DEFAULT_PORT] : [...now].filter((p) => !before.has(p));
    for (const candidate of fresh) {
      const address = await findInspector(candidate);
      if (address !== null) return address;
    }
  }
  throw new UsageError(
    `process ${pid} did not open its inspector within ${OPEN_WITHIN / 1000} seconds: another may hold port ${port ?? DEFAULT_PORT}. Start it with --inspect-port=0, or name the port: --port.`,
  );
}
