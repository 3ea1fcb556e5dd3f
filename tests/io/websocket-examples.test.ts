import * as websocket from "../../src/io/websocket.ts";
import { testExamples } from "./doc-examples.ts";

testExamples("escapement/websocket", ["websocket.ts", "websocket-connection.ts"], websocket);
