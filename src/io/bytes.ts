const encoder = new TextEncoder();

/** @internal What goes over a wire: bytes as they are, a string as UTF-8. */
export function toBytes(who: string, data: Uint8Array | string): Uint8Array {
  if (typeof data === "string") return encoder.encode(data);
  if (data instanceof Uint8Array) return data;
  const found: unknown = data;
  throw new TypeError(
    `${who}: bytes (Uint8Array) or a string were expected, not ${found === null ? "null" : typeof found}.`,
  );
}

/** @internal All of them, in order, as one. */
export function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** @internal A host's chunk may be of a class of its own (Node's Buffer): programs get the same class from every host. */
export function plain(data: Uint8Array): Uint8Array {
  return data.constructor === Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
