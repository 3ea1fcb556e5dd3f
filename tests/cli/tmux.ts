// Programs in a terminal of 100 columns and 30 rows, where there is tmux.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const tsx = createRequire(import.meta.url).resolve("tsx");
const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** Whether there is one. */
export const hasTmux = spawnSync("tmux", ["-V"], { encoding: "utf8" }).stdout?.startsWith("tmux") ?? false;

/** For tests that wait for a screen: a loaded machine takes its time. */
export const PATIENTLY = { timeout: 90_000 };

let terminals = 0;

/** A terminal in which `escapement` runs. */
export class Terminal {
  // Of its own: a server that is about to end takes no new session.
  readonly #server = `escapement-${process.pid}-${(terminals += 1)}`;

  constructor(folder: string, ...args: string[]) {
    const command = `"${process.execPath}" --import "${tsx}" "${main}" ${args.join(" ")}; echo "ended with $?"; sleep 60`;
    this.#tmux("new-session", "-d", "-s", "test", "-x", "100", "-y", "30", "-c", folder, command);
  }

  /** Keys by tmux's names, `Enter`, or themselves. */
  press(...keys: string[]): void {
    this.#tmux("send-keys", "-t", "test", ...keys);
  }

  /** What stands on the screen, when it shows what is waited for. */
  async screenWith(text: string): Promise<string> {
    for (let tries = 0; tries < 600; tries += 1) {
      const screen = this.#screen();
      if (screen.includes(text)) return screen;
      await pause(50);
    }
    throw new Error(`the screen never showed "${text}":\n${this.#screen()}`);
  }

  close(): void {
    this.#tmux("kill-server");
  }

  #screen(): string {
    return this.#tmux("capture-pane", "-p", "-t", "test");
  }

  #tmux(...args: string[]): string {
    return spawnSync("tmux", ["-L", this.#server, ...args], { encoding: "utf8" }).stdout ?? "";
  }
}
