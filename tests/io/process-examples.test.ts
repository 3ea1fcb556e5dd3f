import * as subprocesses from "../../src/io/process.ts";
import { noShell } from "./children.ts";
import { testExamples } from "./doc-examples.ts";

// The programs that they run are Unix's.
if (noShell === "") testExamples("escapement/process", ["process.ts", "signals.ts", "subprocess.ts"], subprocesses);
