import type { Transform } from "node:stream";
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  gunzipSync,
  inflateRawSync,
  inflateSync,
} from "node:zlib";
import { concatenate, plain } from "./bytes.ts";
import type { Pausable } from "./http-body.ts";

/** @internal Who takes what a decoder gives. */
export interface DecoderSink {
  data(chunk: Uint8Array): void;
  end(): void;
  error(error: Error): void;
  /** After a `write` that gave false: it takes more. */
  drain(): void;
}

/** @internal Undoes the compression of a body as it arrives. */
export interface Decoder extends Pausable {
  /** @returns False when it has enough for now; then the sink is told when it takes more. */
  write(chunk: Uint8Array): boolean;
  /** All was written. An empty body is one in every encoding. */
  end(): void;
  destroy(): void;
}

/** @internal Null for an encoding that is none, or that nobody here knows: then the body comes as it is. */
export type Decoding = (encoding: string, sink: DecoderSink) => Decoder | null;

/** @internal What a client says it understands. */
export const ENCODINGS = "gzip, deflate, br";

interface Codec {
  /** Takes turns with the host. */
  open(first: Uint8Array): Transform;
  /** At once. */
  decode(bytes: Uint8Array): Uint8Array;
}

// Two formats go by the name of deflate: zlib's has a header, of which the low four bits are 8.
const hasHeader = (first: Uint8Array): boolean => (first[0]! & 0x0f) === 8;

const gzip: Codec = { open: () => createGunzip(), decode: (bytes) => gunzipSync(bytes) };

const CODECS: Readonly<Record<string, Codec>> = {
  gzip,
  "x-gzip": gzip,
  br: { open: () => createBrotliDecompress(), decode: (bytes) => brotliDecompressSync(bytes) },
  deflate: {
    open: (first) => (hasHeader(first) ? createInflate() : createInflateRaw()),
    decode: (bytes) => (hasHeader(bytes) ? inflateSync(bytes) : inflateRawSync(bytes)),
  },
};

/** @internal As it suits the carrier: with the host's threads, or without. */
export function decodingFor({ needsHost }: { readonly needsHost: boolean }): Decoding {
  return (encoding, sink) => {
    const codec = CODECS[encoding.trim().toLowerCase()];
    if (codec === undefined) return null;
    return needsHost ? new StreamDecoder(codec, sink) : new WholeDecoder(codec, sink);
  };
}

/** By the host's streams, piece by piece. */
class StreamDecoder implements Decoder {
  readonly #codec: Codec;
  readonly #sink: DecoderSink;
  #stream: Transform | null = null;

  constructor(codec: Codec, sink: DecoderSink) {
    this.#codec = codec;
    this.#sink = sink;
  }

  write(chunk: Uint8Array): boolean {
    this.#stream ??= this.#open(chunk);
    return this.#stream.write(chunk);
  }

  #open(first: Uint8Array): Transform {
    const stream = this.#codec.open(first);
    stream.on("data", (chunk: Uint8Array) => this.#sink.data(chunk));
    stream.on("end", () => this.#sink.end());
    stream.on("error", (error) => this.#sink.error(error));
    stream.on("drain", () => this.#sink.drain());
    return stream;
  }

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

/** All of it in one go, when all is there: nothing is left to the host, whose threads end when they like. */
class WholeDecoder implements Decoder {
  readonly #codec: Codec;
  readonly #sink: DecoderSink;
  readonly #chunks: Uint8Array[] = [];

  constructor(codec: Codec, sink: DecoderSink) {
    this.#codec = codec;
    this.#sink = sink;
  }

  write(chunk: Uint8Array): boolean {
    this.#chunks.push(chunk);
    return true;
  }

  end(): void {
    try {
      if (this.#chunks.length > 0) this.#sink.data(plain(this.#codec.decode(concatenate(this.#chunks))));
    } catch (error) {
      this.#sink.error(error as Error);
      return;
    }
    this.#sink.end();
  }

  pause(): void {}

  resume(): void {}

  destroy(): void {}
}
