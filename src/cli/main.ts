#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { ps } from "./attach/ps.ts";
import { tree } from "./attach/tree.ts";
import { watch } from "./attach/watch.ts";
import { explore } from "./explore.ts";
import { exportTrace } from "./export.ts";
import { learn } from "./learn.ts";
import { replay } from "./replay.ts";
import { run } from "./run.ts";
import { step } from "./step.ts";
import { UsageError } from "./usage-error.ts";
import { view } from "./view.ts";

const READER_GONE = 141; // 128 + SIGPIPE, as shells say it

/** One subcommand: `run` gets the arguments after its name and returns the exit code. */
interface Command {
  readonly usage: string;
  readonly summary: string;
  run(args: string[]): Promise<number>;
}

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ["run", run],
  ["step", step],
  ["view", view],
  ["export", exportTrace],
  ["explore", explore],
  ["replay", replay],
  ["learn", learn],
  ["ps", ps],
  ["tree", tree],
  ["watch", watch],
]);

const ROWS = [...COMMANDS.values()].map(({ usage, summary }) => `  escapement ${usage}\n      ${summary}\n`);

const HELP = `Usage:
${ROWS.join("\n")}
  escapement --help
  escapement --version
`;

async function main([name, ...args]: string[]): Promise<number> {
  const command = COMMANDS.get(name ?? "");
  try {
    if (command !== undefined) return await command.run(args);
    if (name === "--help" || name === "-h") return print(HELP);
    if (name === "--version" || name === "-v") return print(`${version()}\n`);
    throw new UsageError(unknown(name));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`escapement: ${error.message}\n\n${command ? `Usage: escapement ${command.usage}\n` : HELP}`);
    return 2;
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function unknown(name: string | undefined): string {
  if (name === undefined) return "a command is missing.";
  return `there is no ${name.startsWith("-") ? "option" : "command"} "${name}".`;
}

function version(): string {
  // Two folders up from src/cli as from dist/cli.
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

// Who reads no further (`| head`) has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(READER_GONE);
});

// Set, not exited with: what was printed must reach a pipe before the process ends.
process.exitCode = await main(process.argv.slice(2));
