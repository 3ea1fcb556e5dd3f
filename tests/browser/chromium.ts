import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A Chromium of the machine's; `ESCAPEMENT_CHROMIUM` names another. Undefined when there is none. */
export const chromiumPath: string | undefined = [process.env["ESCAPEMENT_CHROMIUM"] ?? "", ...PLACES].find(existsSync);

/** Why tests in a browser are skipped; undefined when they are not. Where services are required, nothing is skipped. */
export const withoutBrowser: string | undefined =
  chromiumPath === undefined && process.env["ESCAPEMENT_REQUIRE_SERVICES"] !== "1"
    ? "no Chromium was found; ESCAPEMENT_CHROMIUM names one"
    : undefined;

/** What a Chromium needs to start in a container, and to keep to itself. */
export const LAUNCH_ARGUMENTS: string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
