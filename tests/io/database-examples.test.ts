import { describe } from "vitest";
import * as mysqlModule from "../../src/io/mysql.ts";
import * as postgresModule from "../../src/io/postgres.ts";
import { testExamples } from "./doc-examples.ts";
import { mysql, postgres, titled } from "./services.ts";

describe.skipIf(postgres.missing !== undefined)(titled("with PostgreSQL", postgres), () => {
  const files = ["postgres.ts", "postgres-connection.ts", "postgres-cursor.ts", "postgres-pool.ts"];
  testExamples("escapement/postgres", files, { ...postgresModule, url: postgres.url });
});

describe.skipIf(mysql.missing !== undefined)(titled("with MariaDB", mysql), () => {
  const files = ["mysql.ts", "mysql-connection.ts", "mysql-rows.ts", "mysql-pool.ts"];
  testExamples("escapement/mysql", files, { ...mysqlModule, url: mysql.url });
});
