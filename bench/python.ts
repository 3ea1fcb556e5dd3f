import { spawnSync } from "node:child_process";

/** The Python that was named; else the first that runs. */
export function findPython(named: string): string {
  if (named !== "") return named;
  const runs = (file: string): boolean => spawnSync(file, ["--version"]).status === 0;
  return ["python3.13", "python3.14", "python3"].find(runs) ?? "python3";
}
