import type { ByteBuffer } from "./byte-buffer.ts";
import { UnicodeDecodeError } from "./file-errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @internal @throws {UnicodeDecodeError} When the bytes are no UTF-8. */
export function decodeUtf8(who: string, path: string, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new UnicodeDecodeError(`${who}: ${path}: the bytes are no UTF-8.`, { target: path, cause });
  }
}

/** @internal Whether there are `count` bytes. */
export class ByteScan {
  readonly length: number;

  constructor(count: number) {
    this.length = count;
  }

  isComplete(bytes: ByteBuffer): boolean {
    return bytes.size >= this.length;
  }
}

/**
 * Whether there are `count` characters, looking at each byte once however often it is asked. What is no UTF-8 is counted
 * somehow: decoding it fails.
 *
 * @internal
 */
export class CharacterScan {
  /** How many bytes are taken by those that were found. */
  length = 0;
  #left: number;

  constructor(count: number) {
    this.#left = count;
  }

  isComplete(bytes: ByteBuffer): boolean {
    for (; this.#left > 0 && this.length < bytes.size; this.#left -= 1) {
      this.length += lengthOfCharacter(bytes.at(this.length));
    }
    return this.#left === 0 && this.length <= bytes.size;
  }
}

function lengthOfCharacter(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
