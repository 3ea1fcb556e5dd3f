import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    // In this tree the package's own name means its sources, as in tsconfig.json.
    alias: [
      { find: /^escapement$/, replacement: fileURLToPath(new URL("src/index.ts", import.meta.url)) },
      {
        find: /^escapement\/(files|http|mysql|net|postgres|process|websocket)$/,
        replacement: fileURLToPath(new URL("src/io/$1.ts", import.meta.url)),
      },
      {
        find: /^escapement\/(eslint|sim|inspect|vitest)$/,
        replacement: fileURLToPath(new URL("src/$1/index.ts", import.meta.url)),
      },
    ],
  },
  test: {
    include: ["tests/**/*.test.ts"],
    // No test needs five seconds of its own; the machine may have others to serve.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
