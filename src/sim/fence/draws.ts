import { hostGlobal, hostModule } from "./host.ts";
import { type Call, type Post, answer, refuse } from "./stand-in.ts";

// The real one draws first, and so checks what it is given; then its bytes are overwritten.

const DRAW = "Nothing answers later here. Call it without a callback, and it answers at once.";
const KEYS = "It draws from the host, not from the simulation. Make the key outside, and give it to the program.";

/** The bytes of `view` from element `start` on, `count` elements. */
function bytesOf(view: ArrayBufferView | ArrayBuffer, start = 0, count?: number): Uint8Array {
  const bytes = ArrayBuffer.isView(view)
    ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    : new Uint8Array(view);
  const { BYTES_PER_ELEMENT: size = 1 } = view as { BYTES_PER_ELEMENT?: number };
  return bytes.subarray(start * size, count === undefined ? undefined : (start + count) * size);
}

function overwrite({ machine, real, self, args }: Call): unknown {
  const drawn = Reflect.apply(real, self, args) as ArrayBufferView;
  machine.fence.entropy.drawInto(bytesOf(drawn));
  return drawn;
}

function overwritePart({ machine, real, self, args }: Call): unknown {
  const [view, start, count] = args as [ArrayBufferView, number?, number?];
  const drawn: unknown = Reflect.apply(real, self, args);
  machine.fence.entropy.drawInto(bytesOf(view, start, count));
  return drawn;
}

function uuid({ machine, real, self, args }: Call): string {
  Reflect.apply(real, self, args);
  const bytes = new Uint8Array(16);
  const { entropy } = machine.fence;
  entropy.drawInto(bytes);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function integer({ machine, real, self, args }: Call): number {
  Reflect.apply(real, self, args);
  const [low, high] = (args.length > 1 && args[1] !== undefined ? args : [0, args[0]]) as [number, number];
  return low + Math.floor(machine.fence.entropy.float() * (high - low));
}

const crypto = (): object | undefined => hostModule("crypto") as object | undefined;

/** Draws at once, unless it is given a callback. */
function drawsAtOnce(key: string, draw: (call: Call) => unknown): Post {
  const later = refuse(crypto, key, `crypto.${key} with a callback`, DRAW);
  return {
    of: crypto,
    key,
    called: (call, trap) => (typeof call.args.at(-1) === "function" ? later.called!(call, trap) : draw(call)),
  };
}

/** The host's randomness. @internal */
export const DRAWS: readonly Post[] = [
  answer(
    () => Math,
    "random",
    ({ machine }) => machine.fence.entropy.float(),
  ),
  answer(() => hostGlobal("crypto"), "getRandomValues", overwrite),
  answer(() => hostGlobal("crypto"), "randomUUID", uuid),
  answer(crypto, "randomUUID", uuid),
  answer(crypto, "randomFillSync", overwritePart),
  drawsAtOnce("randomBytes", overwrite),
  drawsAtOnce("randomInt", integer),
  refuse(crypto, "randomFill", "crypto.randomFill", "Nothing answers later here. Use randomFillSync()."),
  ...[
    "generateKey",
    "generateKeySync",
    "generateKeyPair",
    "generateKeyPairSync",
    "generatePrime",
    "generatePrimeSync",
  ].map((key) => refuse(crypto, key, `crypto.${key}`, KEYS)),
];
