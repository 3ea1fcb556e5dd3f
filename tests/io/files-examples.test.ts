import * as files from "../../src/io/files.ts";
import { testExamples } from "./doc-examples.ts";

testExamples(
  "escapement/files",
  ["async-file.ts", "open-file.ts", "paths.ts", "temporary-directory.ts", "whole-files.ts"],
  files,
);
