import { createRequire } from "node:module";

/** A package that an entry point stands on is not installed; the message says how to install it. */
export class MissingPackageError extends Error {
  static {
    this.prototype.name = "MissingPackageError";
  }

  /** Its name on npm. */
  readonly packageName: string;

  constructor(message: string, { packageName, cause }: { packageName: string; cause?: unknown }) {
    super(message, { cause });
    this.packageName = packageName;
  }
}

const require = createRequire(import.meta.url);

// `require` of what is loaded looks for its file again, each time. (bench:io: "queries")
const loaded = new Map<string, unknown>();

/**
 * A peer package, loaded when it is first wanted: an optional one may be missing, and `import()` would make promises.
 *
 * @param entry - Who wants it: `escapement/postgres`.
 * @throws {MissingPackageError} When it is not installed.
 * @internal
 */
export function loadPeer(entry: string, packageName: string): unknown {
  const known = loaded.get(packageName);
  if (known !== undefined) return known;
  try {
    const found: unknown = require(packageName);
    loaded.set(packageName, found);
    return found;
  } catch (cause) {
    if (!isMissing(cause, packageName)) throw cause;
    throw new MissingPackageError(
      `${entry} needs the package "${packageName}", which is not installed: npm install ${packageName}`,
      { packageName, cause },
    );
  }
}

// A package that is there and lacks one of its own is another matter.
function isMissing(error: unknown, packageName: string): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return code === "MODULE_NOT_FOUND" && message?.includes(`'${packageName}'`) === true;
}
