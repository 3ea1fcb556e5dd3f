// `npm run playground`: the page in which programs are written, run and stepped through, in docs/playground/dist; any server of
// files will do for it. `npm run playground -- folder` makes it elsewhere.
import { writePlayground } from "./viewer/build.ts";

const [folder = "docs/playground/dist"] = process.argv.slice(2);
console.log(await writePlayground(folder));
