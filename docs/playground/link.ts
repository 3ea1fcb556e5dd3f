/** What an address can name. */
export type Linked = { readonly program: string } | { readonly lesson: string };

/** The program, in the part of an address after `#`. It never leaves the browser. */
export async function hashOfProgram(program: string): Promise<string> {
  const bytes = await through(new TextEncoder().encode(program), new CompressionStream("deflate-raw"));
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return `#program=${btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** What the address names; null where it names nothing. @throws {Error} When a program in it cannot be read. */
export async function readHash(hash: string): Promise<Linked | null> {
  const fields = new URLSearchParams(hash.slice(1));
  const lesson = fields.get("lesson");
  const packed = fields.get("program");
  if (lesson !== null) return { lesson };
  if (packed === null) return null;
  try {
    const letters = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    const program = await through(bytes, new DecompressionStream("deflate-raw"));
    return { program: new TextDecoder("utf-8", { fatal: true }).decode(program) };
  } catch (error) {
    throw new Error("The link is damaged: the program in it cannot be read. Was it cut short?", { cause: error });
  }
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: GenericTransformStream): Promise<Uint8Array> {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}
