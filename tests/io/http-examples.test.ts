import * as http from "../../src/io/http.ts";
import { testExamples } from "./doc-examples.ts";

testExamples("escapement/http", ["http-errors.ts", "http-response.ts", "http-session.ts", "http-server.ts"], http);
