import { ReplayError } from "./errors.ts";
import type { Status } from "./outcome.ts";
import { hashText } from "./prng.ts";
import { failureKind } from "./same-failure.ts";
import type { Deviation } from "./schedule.ts";

// A repro, in bytes: version and number of deviations (4 bits each), checksum (2), program (2), run (2), failure (1),
// deviations. A deviation is one varint: four times the gap since the last one, plus its choice less one; 3 stands for
// "three or more", and a second varint follows; then its mark (1). What comes first stays where it is in every version: a
// repro of another can be told.
const VERSION = 1;
const HEADER = 8;
const MANY = 15;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** What a repro says. @internal */
export interface Repro {
  readonly schedule: readonly MarkedDeviation[];
  /** Of the program's text, 16 bits. */
  readonly program: number;
  /** Of the run's digest, 16 bits. */
  readonly run: number;
  /** Of how it failed, 8 bits; 0 when it did not. */
  readonly failure: number;
}

/** A deviation that can be found again where an edit has moved it. @internal */
export interface MarkedDeviation extends Deviation {
  /** Of what the question was about, 8 bits. */
  readonly mark: number;
}

/** @internal */
export function writeRepro({ schedule, program, run, failure }: Repro): string {
  const few = schedule.length < MANY;
  const bytes = [
    (VERSION << 4) | (few ? schedule.length : MANY),
    0,
    0,
    program >> 8,
    program & 255,
    run >> 8,
    run & 255,
    failure,
  ];
  if (!few) writeVarint(bytes, schedule.length);
  let last = -1;
  for (const { at, choice, mark } of schedule) {
    const gap = at - last - 1;
    const small = Math.min(choice - 1, 3);
    writeVarint(bytes, gap * 4 + small);
    if (small === 3) writeVarint(bytes, choice - 4);
    bytes.push(mark);
    last = at;
  }
  const sum = checksum(bytes);
  bytes[1] = sum >> 8;
  bytes[2] = sum & 255;
  return toText(bytes);
}

/** @internal @throws {ReplayError} Which says what is wrong with it. */
export function readRepro(text: string): Repro {
  if (typeof text !== "string") throw new ReplayError(`A repro is a string, not ${typeof text}.`);
  const bytes = toBytes(text);
  if (bytes.length < HEADER) throw cutOff(text);
  const reader = new Reader(bytes, text);
  const sound = checksum(bytes) === bytes[1]! * 256 + bytes[2]! && toText(bytes) === text;
  const version = bytes[0]! >> 4;
  if (sound && version !== VERSION) {
    throw new ReplayError(`The repro ${text} is of version ${version}; this is version ${VERSION}.`);
  }
  const schedule = sound ? readSchedule(reader, bytes[0]! & 15) : explain(reader, bytes[0]! & 15, text);
  return { schedule, program: bytes[3]! * 256 + bytes[4]!, run: bytes[5]! * 256 + bytes[6]!, failure: bytes[7]! };
}

function readSchedule(reader: Reader, few: number): MarkedDeviation[] {
  const length = few === MANY ? reader.varint() : few;
  const schedule: MarkedDeviation[] = [];
  let at = -1;
  for (let i = 0; i < length; i += 1) {
    const value = reader.varint();
    at += Math.floor(value / 4) + 1;
    const small = value % 4;
    const choice = small === 3 ? reader.varint() + 4 : small + 1;
    schedule.push({ at, choice, mark: reader.byte() });
  }
  return schedule;
}

/** Its checksum is wrong: either something is missing at its end, or something in it is not what it was. */
function explain(reader: Reader, few: number, text: string): never {
  readSchedule(reader, few);
  throw new ReplayError(`The repro ${text} is mistyped: its checksum does not match. Copy it again, whole.`);
}

function cutOff(text: string): ReplayError {
  return new ReplayError(`The repro "${text}" is cut off: its end is missing. Copy it again, whole.`);
}

class Reader {
  readonly #bytes: readonly number[];
  readonly #text: string;
  #at = HEADER;

  constructor(bytes: readonly number[], text: string) {
    this.#bytes = bytes;
    this.#text = text;
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw cutOff(this.#text);
    this.#at += 1;
    return byte;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
}

/** CRC-16/CCITT-FALSE over all but the checksum itself: any one wrong character is found, and any two that are swapped. */
function checksum(bytes: readonly number[]): number {
  let crc = 0xffff;
  for (const [i, byte] of bytes.entries()) {
    crc ^= (i === 1 || i === 2 ? 0 : byte) << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}

function toText(bytes: readonly number[]): string {
  // Joined, not added up: a string that is added up keeps all it was made of, and an exploration may keep thousands.
  const characters: string[] = [];
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 6; bits -= 6) characters.push(ALPHABET[(held >> (bits - 6)) & 63]!);
    held &= (1 << bits) - 1;
  }
  if (bits > 0) characters.push(ALPHABET[(held << (6 - bits)) & 63]!);
  return characters.join("");
}

function toBytes(text: string): number[] {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const [i, character] of Array.from(text).entries()) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) {
      throw new ReplayError(`The repro "${text}" is mistyped: character ${i + 1}, "${character}", is never in one.`);
    }
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  return bytes;
}

/** A program's mark in a repro: of its text, in which white space does not count. @internal */
export function programMark(program: unknown): number {
  const text = typeof program === "function" ? Function.prototype.toString.call(program) : "";
  return hashText(text.replaceAll(/\s+/g, "")) & 0xffff;
}

/** A run's mark in a repro. @internal */
export function runMark(digest: string): number {
  return Number.parseInt(digest.slice(-4), 16);
}

/** A failure's mark in a repro: of what it has in common with others of its kind. @internal */
export function failureMark(status: Status, error: unknown): number {
  return status === "returned" ? 0 : 1 + ((hashText(failureKind(status, error)) >>> 0) % 255);
}
