// `npm run viewer`: the page of `escapement view`, one file without a run in it, where src/inspect/html.ts reads it.
// `npm run viewer -- dist/inspect` makes it for the package.
import { writeViewer } from "./viewer/build.ts";

const [folder = "src/inspect"] = process.argv.slice(2);
console.log(await writeViewer(folder));
