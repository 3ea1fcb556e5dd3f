import { UnicodeDecodeError } from "./file-errors.ts";

// Made once: making one costs more than a short text. Between two texts it remembers nothing.
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Bytes as text, in the encoding that a message's content type names; UTF-8 where it names none.
 *
 * @param target - Whose bytes: for errors.
 * @throws {UnicodeDecodeError} When they are not what it says, or nobody knows what it says.
 * @internal
 */
export function decodeBody(who: string, target: string, contentType: string | null, bytes: Uint8Array): string {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? "")?.[1] ?? "utf-8";
  try {
    return (charset === "utf-8" ? utf8 : new TextDecoder(charset, { fatal: true })).decode(bytes);
  } catch (cause) {
    throw new UnicodeDecodeError(`${who}: ${target}: the body is not the ${charset} that it says it is.`, {
      target,
      cause,
    });
  }
}
