/** @internal What is done to the bytes of a file. */
export type Change =
  | { readonly kind: "write"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "resize"; readonly size: number };

/**
 * The bytes of a file. What nobody has written is zeros.
 *
 * @internal
 */
export class Content {
  #bytes: Uint8Array = new Uint8Array(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  apply(change: Change): void {
    if (change.kind === "resize") this.#resize(change.size);
    else this.#write(change.at, change.bytes);
  }

  #write(at: number, bytes: Uint8Array): void {
    if (at + bytes.length > this.#size) this.#resize(at + bytes.length);
    this.#bytes.set(bytes, at);
  }

  #resize(size: number): void {
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(size, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = grown;
    }
    // What is cut off must not come back.
    this.#bytes.fill(0, Math.min(size, this.#size), this.#size);
    this.#size = size;
  }

  /** A copy; shorter where the file ends before. */
  slice(from: number, to: number): Uint8Array {
    return this.#bytes.slice(Math.min(from, this.#size), Math.min(to, this.#size));
  }

  copy(): Content {
    const copy = new Content();
    copy.#bytes = this.slice(0, this.#size);
    copy.#size = this.#size;
    return copy;
  }
}
