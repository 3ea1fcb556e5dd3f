/**
 * A stream of pseudo-random numbers, split from a seed by name: a draw from one does not move another.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand), which passes the usual batteries and needs no big integers.
 *
 * @internal
 */
export class Stream {
  readonly #name: number;
  #a = 0;
  #b = 0;
  #c = 0;
  #count = 0;

  constructor(name: string) {
    this.#name = hashText(name);
  }

  /** Begins anew. */
  seed(seed: number): void {
    const high = Math.floor(seed / 0x1_0000_0000) | 0;
    this.#a = mix((seed | 0) ^ this.#name);
    this.#b = mix(this.#a ^ high ^ 0x9e3779b9);
    this.#c = mix(this.#b ^ this.#name);
    this.#count = 1;
    for (let i = 0; i < 4; i += 1) this.uint32();
  }

  /** From 0 to 2 ** 32 - 1. */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 up to, and without, 1. */
  float(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** From 0 to `count - 1`, each as likely as the next. */
  below(count: number): number {
    return Math.floor(this.float() * count);
  }
}

/** A 32-bit integer whose every bit depends on every bit of `value` (the finalizer of MurmurHash3). @internal */
export function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** FNV-1a over the UTF-16 code units. @internal */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix(h);
}
