import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";
import type { Pausable } from "./http-body.ts";

/** @internal Who takes what a decoder gives. */
export interface DecoderSink {
  data(chunk: Uint8Array): void;
  end(): void;
  error(error: Error): void;
  /** After a `write` that gave false: it takes more. */
  drain(): void;
}

/** @internal What a client says it understands. */
export const ENCODINGS = "gzip, deflate, br";

const DECODERS: Readonly<Record<string, (first: Uint8Array) => Transform>> = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  br: () => createBrotliDecompress(),
  // Two formats go by that name: zlib's has a header, of which the low four bits are 8.
  deflate: (first) => ((first[0]! & 0x0f) === 8 ? createInflate() : createInflateRaw()),
};

/**
 * Undoes the compression of a body as it arrives, by `node:zlib`.
 *
 * @internal
 */
export class Decoder implements Pausable {
  readonly #make: (first: Uint8Array) => Transform;
  readonly #sink: DecoderSink;
  #stream: Transform | null = null;

  private constructor(make: (first: Uint8Array) => Transform, sink: DecoderSink) {
    this.#make = make;
    this.#sink = sink;
  }

  /** Null for an encoding that is none, or that nobody here knows: then the body comes as it is. */
  static of(encoding: string, sink: DecoderSink): Decoder | null {
    const make = DECODERS[encoding.trim().toLowerCase()];
    return make === undefined ? null : new Decoder(make, sink);
  }

  /** @returns False when it has enough for now; then the sink is told when it takes more. */
  write(chunk: Uint8Array): boolean {
    this.#stream ??= this.#open(chunk);
    return this.#stream.write(chunk);
  }

  #open(first: Uint8Array): Transform {
    const stream = this.#make(first);
    stream.on("data", (chunk: Uint8Array) => this.#sink.data(chunk));
    stream.on("end", () => this.#sink.end());
    stream.on("error", (error) => this.#sink.error(error));
    stream.on("drain", () => this.#sink.drain());
    return stream;
  }

  /** All was written. An empty body is one in every encoding. */
  end(): void {
    if (this.#stream === null) this.#sink.end();
    else this.#stream.end();
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  destroy(): void {
    this.#stream?.destroy();
  }
}
