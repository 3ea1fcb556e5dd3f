// The database servers that tests need, where they are, and what is said when they are not there.
import { connect } from "node:net";

/** A server, and why tests with it are skipped; undefined when they are not. */
export interface Service {
  readonly url: string;
  readonly missing: string | undefined;
}

async function find(name: string, variable: string, fallback: string): Promise<Service> {
  const url = process.env[variable] ?? fallback;
  const { hostname, port, host } = new URL(url);
  // Where services are required, nothing is skipped: the tests fail.
  if (process.env["ESCAPEMENT_REQUIRE_SERVICES"] === "1" || (await listens(hostname, Number(port)))) {
    return { url, missing: undefined };
  }
  return { url, missing: `no ${name} listens at ${host}; ${variable} names another` };
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const end = (found: boolean): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}

/** A PostgreSQL server. */
export const postgres: Service = await find(
  "PostgreSQL",
  "ESCAPEMENT_POSTGRES_URL",
  "postgres://postgres@127.0.0.1:5432/test",
);

/** A MySQL or MariaDB server. */
export const mysql: Service = await find("MariaDB", "ESCAPEMENT_MYSQL_URL", "mysql://root@127.0.0.1:3306/test");

/** A title that says why its tests are skipped, when they are. */
export function titled(title: string, { missing }: Service): string {
  return missing === undefined ? title : `${title} (skipped: ${missing})`;
}
