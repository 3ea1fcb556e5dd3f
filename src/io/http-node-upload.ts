import { Readable } from "node:stream";
import type { BodySink, BodySource } from "./http-upload.ts";

/**
 * The body of a request as undici reads it.
 *
 * @internal
 */
export class UploadStream extends Readable implements BodySink {
  readonly #source: BodySource;

  constructor(source: BodySource) {
    super();
    this.#source = source;
    // Whoever sends it is told as well; but nobody listens any more when it was given up before.
    this.on("error", () => {});
    this.on("close", () => source.cancel());
    source.attach(this);
  }

  override _read(): void {
    this.#source.wanted();
  }

  end(): void {
    this.push(null);
  }

  fail(error: Error): void {
    this.destroy(error);
  }
}
