import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { type Service, mysql, postgres, titled } from "./services.ts";

const program = fileURLToPath(new URL("count-database-promises.ts", import.meta.url));

async function promisesOf(name: string, { url }: Service): Promise<{ operations: number; made: object }> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program, name, url]);
  const made = JSON.parse(stdout) as Record<string, number>;
  const some = Object.entries(made).filter(([, count]) => count > 0);
  return { operations: Object.keys(made).length, made: Object.fromEntries(some) };
}

it.skipIf(postgres.missing !== undefined)(
  titled("escapement/postgres makes no native promise but pg-protocol's own, one for each connection", postgres),
  async () => {
    // pg-protocol's parse() makes it when a socket begins to be read, and nobody waits for it. A request to cancel goes over
    // a connection of its own.
    expect(await promisesOf("postgres", postgres)).toEqual({
      operations: 27,
      made: { "a promise": 1, connect: 1, createPool: 1, cancel: 1 },
    });
  },
);

it.skipIf(mysql.missing !== undefined)(
  titled("escapement/mysql makes no native promise, whatever it does", mysql),
  async () => {
    expect(await promisesOf("mysql", mysql)).toEqual({ operations: 15, made: { "a promise": 1 } });
  },
);
