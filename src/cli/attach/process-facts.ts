import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { UsageError } from "../usage-error.ts";

// What the host tells of another process: from /proc where there is one, else by `ps`.

/**
 * Makes sure that it is there, ours, and Node: others would be ended by the signal that opens Node's inspector.
 *
 * @param touch - Throws what the host says to a signal that is not sent.
 * @throws {UsageError} A sentence for each.
 */
export function checkIsNode(pid: number, touch = (): unknown => process.kill(pid, 0)): void {
  try {
    touch();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH") throw new UsageError(`there is no process ${pid}.`, { cause: error });
    throw new UsageError(`process ${pid} belongs to another user: ask as that user.`, { cause: error });
  }
  const program = programOf(pid);
  if (!/^node(js)?(\d+)?(\.exe)?$/.test(program)) {
    throw new UsageError(`process ${pid} is ${program === "" ? "no program that can be named" : program}, not Node.`);
  }
}

function programOf(pid: number): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, "");
  } catch {
    // No /proc, as on macOS.
    return basename(spawnSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() ?? "");
  }
}

/** The ports of this machine on which it listens; null where the host does not tell. */
export function listeningPorts(pid: number): ReadonlySet<number> | null {
  try {
    const sockets = socketsOf(pid);
    const lines = ["tcp", "tcp6"].flatMap((name) => readFileSync(`/proc/${pid}/net/${name}`, "utf8").split("\n"));
    const ports = lines
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTEN && sockets.has(fields[9] ?? ""))
      .map((fields) => Number.parseInt(fields[1]?.split(":")[1] ?? "", 16));
    return new Set(ports);
  } catch {
    return null;
  }
}

const LISTEN = "0A";

/** By inode, as /proc/net names them. */
function socketsOf(pid: number): ReadonlySet<string> {
  const inodes = new Set<string>();
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch {
      // Closed meanwhile.
    }
  }
  return inodes;
}
