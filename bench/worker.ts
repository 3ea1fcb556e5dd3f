import { type ChildProcessByStdio, spawn } from "node:child_process";
import { type Interface, createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { LoadOptions } from "./peer.ts";
import type { Answer, Hello, Request } from "./protocol.ts";

/** A peer, and how its process is started. */
export interface PeerSpec {
  /** As in the tables: `native`, `escapement`, `escapement@../before`. */
  readonly name: string;
  /** A module that exports `load`, or a Python program. */
  readonly file: string;
  readonly options: LoadOptions;
  /** Measured at the full size, however long that takes. */
  readonly full: boolean;
}

/** How the processes of peers are started. */
export interface WorkerOptions {
  /** child.js, compiled. */
  readonly child: string;
  readonly python: string;
  /** Milliseconds that one run may take. */
  readonly patience: number;
  /** Ends all processes. */
  readonly signal: AbortSignal;
}

/** A process, and what it said of itself. */
export interface Started {
  readonly worker: Worker;
  readonly hello: Hello;
}

/** The process of a peer. */
export class Worker {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: Interface;
  readonly #patience: number;
  readonly #waiting: ((answer: unknown) => void)[] = [];
  #complaint = "";
  #end: string | null = null;

  private constructor(spec: PeerSpec, { child, python, patience, signal }: WorkerOptions) {
    const [command, args] = commandOf(spec, child, python);
    this.#patience = patience;
    this.#process = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], signal, killSignal: "SIGKILL" });
    this.#process.on("error", (error) => this.#ended(error.message));
    this.#process.on("close", (code, by) => this.#ended(by === null ? `exit code ${code}` : by));
    this.#process.stdin.on("error", () => {});
    this.#process.stderr.setEncoding("utf8").on("data", (text: string) => (this.#complaint += text));
    this.#lines = createInterface({ input: this.#process.stdout });
    this.#lines.on("line", (line) => this.#waiting.shift()?.(parse(line)));
  }

  /** Starts the process; resolves with what it says of itself. */
  static async start(spec: PeerSpec, options: WorkerOptions): Promise<Started> {
    const worker = new Worker(spec, options);
    return { worker, hello: (await worker.#answer()) as Hello };
  }

  get ended(): boolean {
    return this.#end !== null;
  }

  async run(request: Request): Promise<Answer> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    return (await this.#answer()) as Answer;
  }

  async stop(): Promise<void> {
    if (this.#end !== null) return;
    const closed = new Promise((resolve) => this.#process.once("close", resolve));
    this.#process.kill("SIGKILL");
    await closed;
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve) => {
      if (this.#end !== null) {
        resolve({ error: this.#end });
        return;
      }
      const timer = setTimeout(() => {
        resolve({ error: `no answer in ${this.#patience / 1000} s` });
        this.#process.kill("SIGKILL");
      }, this.#patience);
      this.#waiting.push((answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  #ended(how: string): void {
    const words = this.#complaint.split("\n").find((line) => /Error|fatal/i.test(line)) ?? "";
    this.#end ??= `its process ended: ${how}${words === "" ? "" : `; ${words.trim()}`}`;
    for (const resolve of this.#waiting.splice(0)) resolve({ error: this.#end });
  }
}

/** Hands out processes: a new one each time, or, when all that counts is that it runs, each peer's one. */
export class Workers {
  readonly #options: WorkerOptions;
  readonly #kept: Map<string, Started> | null;

  constructor(options: WorkerOptions, fresh: boolean) {
    this.#options = options;
    this.#kept = fresh ? null : new Map();
  }

  async open(spec: PeerSpec): Promise<Started> {
    const known = this.#kept?.get(spec.name);
    if (known !== undefined && !known.worker.ended) return known;
    const started = await Worker.start(spec, this.#options);
    this.#kept?.set(spec.name, started);
    return started;
  }

  async release({ worker }: Started): Promise<void> {
    if (this.#kept === null) await worker.stop();
  }

  async end(): Promise<void> {
    for (const { worker } of this.#kept?.values() ?? []) await worker.stop();
  }
}

function commandOf(spec: PeerSpec, child: string, python: string): [string, string[]] {
  if (spec.file.endsWith(".py")) return [python, [spec.file]];
  return [
    process.execPath,
    ["--expose-gc", "--max-old-space-size=6144", child, spec.file, JSON.stringify(spec.options)],
  ];
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return { error: `it printed ${JSON.stringify(line.slice(0, 80))}, which is no answer` };
  }
}
