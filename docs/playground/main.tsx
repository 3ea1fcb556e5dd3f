import { render } from "preact";
import { listenToKeys } from "../../src/inspect/viewer/keys.ts";
import { App } from "./app.tsx";
import { Playground } from "./playground.ts";

const playground = new Playground();
render(<App playground={playground} />, document.getElementById("playground")!);
// Before the editor takes it for a new line.
window.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    void playground.run();
  },
  { capture: true },
);
listenToKeys(playground.theatre);
window.addEventListener("hashchange", () => void playground.openLink(location.hash));
await playground.openLink(location.hash);
