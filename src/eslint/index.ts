// escapement/eslint: for ESLint's flat configuration, and for oxlint's jsPlugins.
import type { Linter, Rule } from "eslint";
import { noFloatingCoroutine } from "./no-floating-coroutine.ts";

/** What ESLint takes as a plug-in. */
export interface EscapementPlugin {
  readonly meta: { readonly name: string };
  readonly rules: Readonly<Record<"no-floating-coroutine", Rule.RuleModule>>;
  readonly configs: { readonly recommended: Linter.Config };
}

const rules: EscapementPlugin["rules"] = { "no-floating-coroutine": noFloatingCoroutine };

/**
 * The plug-in. `escapement.configs.recommended` turns on `no-floating-coroutine`, and turns off ESLint's own
 * `require-yield`: a coroutine that never waits is a coroutine all the same.
 *
 * @example
 * // eslint.config.js
 * // import { escapement } from "escapement/eslint";
 * // export default [escapement.configs.recommended];
 */
export const escapement: EscapementPlugin = {
  meta: { name: "escapement" },
  rules,
  configs: {
    recommended: {
      name: "escapement/recommended",
      plugins: { escapement: { rules } },
      rules: { "escapement/no-floating-coroutine": "error", "require-yield": "off" },
    },
  },
};

// oxlint loads a plug-in by its default export.
// oxlint-disable-next-line import/no-default-export
export default { meta: escapement.meta, rules } as Pick<EscapementPlugin, "meta" | "rules">;
