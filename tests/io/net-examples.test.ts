import * as net from "../../src/io/net.ts";
import { testExamples } from "./doc-examples.ts";

testExamples("escapement/net", ["net.ts", "server.ts", "stream-reader.ts", "stream-writer.ts"], net);
