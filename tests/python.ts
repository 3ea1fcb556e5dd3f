import { spawnSync } from "node:child_process";

/** A Python that can run asyncio's programs; undefined where there is none. `asyncio.timeout` came with 3.11. */
export const python: string | undefined = [
  "python3",
  "python3.14",
  "python3.13",
  "python3.12",
  "python3.11",
  "python",
].find((command) => {
  const asked = "import sys; sys.exit(0 if sys.version_info >= (3, 11) else 1)";
  return spawnSync(command, ["-c", asked], { stdio: "ignore" }).status === 0;
});
