import { plain } from "./bytes.ts";

const NOTHING = new Uint8Array(0);

/**
 * Bytes in the order in which they came: appended at the end, taken from the front.
 *
 * A chunk that comes while it is empty is kept as it is, and taken whole as it is: what is read as fast as it arrives is
 * never copied.
 *
 * @internal
 */
export class ByteBuffer {
  #bytes: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  // Whether what is behind `#end` in `#bytes` is ours to fill.
  #ours = false;

  get size(): number {
    return this.#end - this.#start;
  }

  /** `data` belongs to the buffer from now on. */
  append(data: Uint8Array): void {
    if (this.size === 0) {
      this.#bytes = plain(data);
      this.#start = 0;
      this.#end = data.length;
      this.#ours = false;
      return;
    }
    if (!this.#ours || this.#end + data.length > this.#bytes.length) this.#grow(this.size + data.length);
    this.#bytes.set(data, this.#end);
    this.#end += data.length;
  }

  /** Puts back what was taken. */
  prepend(data: Uint8Array): void {
    const rest = this.takeAll();
    this.append(data);
    if (rest.length > 0) this.append(rest);
  }

  // Twice what is needed: each byte is moved a constant number of times, however small the chunks are.
  #grow(needed: number): void {
    const bytes = new Uint8Array(2 * needed);
    bytes.set(this.#bytes.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
    this.#bytes = bytes;
    this.#ours = true;
  }

  /** The first `count` bytes, which are gone from here; all there are when they are fewer. */
  take(count: number): Uint8Array {
    const taken = Math.min(count, this.size);
    const whole = taken === this.#bytes.length;
    const bytes = whole ? this.#bytes : this.#bytes.slice(this.#start, this.#start + taken);
    this.drop(taken);
    return bytes;
  }

  takeAll(): Uint8Array {
    return this.take(this.size);
  }

  drop(count: number): void {
    this.#start += count;
    if (this.#start >= this.#end) this.clear();
  }

  clear(): void {
    this.#bytes = NOTHING;
    this.#start = 0;
    this.#end = 0;
    this.#ours = false;
  }

  /** Where `pattern` begins, counted from the front, at `from` or behind it; -1 when it does not occur. */
  indexOf(pattern: Uint8Array, from: number): number {
    const last = this.#end - pattern.length;
    let at = this.#bytes.indexOf(pattern[0]!, this.#start + from);
    while (at >= 0 && at <= last) {
      if (this.#matches(pattern, at)) return at - this.#start;
      at = this.#bytes.indexOf(pattern[0]!, at + 1);
    }
    return -1;
  }

  startsWith(pattern: Uint8Array, offset: number): boolean {
    return offset + pattern.length <= this.size && this.#matches(pattern, this.#start + offset);
  }

  #matches(pattern: Uint8Array, at: number): boolean {
    for (let i = 1; i < pattern.length; i += 1) if (this.#bytes[at + i] !== pattern[i]) return false;
    return this.#bytes[at] === pattern[0];
  }

  /** The byte at `index`, counted from the front. */
  at(index: number): number {
    return this.#bytes[this.#start + index]!;
  }

  /** A copy of all that is in it. */
  peek(): Uint8Array {
    return this.#bytes.slice(this.#start, this.#end);
  }
}
