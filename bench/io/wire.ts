import { type Socket, connect } from "node:net";
import type { Protocol } from "./demand.ts";
import { idIn } from "./item.ts";

/** How a client that costs next to nothing speaks a protocol: text that is sent, and what is found in text that comes. */
interface Speech {
  /** What opens the conversation, and whether the answer to that is complete; null where nothing does. */
  readonly greeting: { readonly text: string; isAnswered(text: string): boolean } | null;
  ask(id: number): string;
  /** The number in the answer that leads the text, and how long it is; null while it is not complete. */
  answerIn(text: string): Answer | null;
  /** What is said before leaving, where it is rude to say nothing. */
  readonly farewell?: string;
  /** What comes beside answers: how long it is, and what is said to it; null when none of it leads the text. */
  readonly aside?: (text: string) => { readonly length: number; readonly reply: string } | null;
}

interface Answer {
  readonly id: number;
  readonly length: number;
}

const HEAD_END = "\r\n\r\n";

function answerInHttp(text: string): Answer | null {
  const head = text.indexOf(HEAD_END);
  if (head < 0) return null;
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
  const body = text.slice(head + HEAD_END.length);
  if (body.length < length) return null;
  const { id } = JSON.parse(body) as { id: number };
  return { id, length: text.length };
}

/** A frame of text from a client, masked with zeros (RFC 6455, section 5.2); and from a server, which masks nothing. */
const frame = (text: string, head = "\u0081"): string =>
  `${head}${String.fromCharCode(0x80 | text.length)}\0\0\0\0${text}`;

// A ping may stand behind it.
function answerInFrame(text: string): Answer | null {
  const length = 2 + text.charCodeAt(1);
  if (!text.startsWith("\u0081") || !(text.length >= length)) return null;
  return { id: idIn(text.slice(2, length)), length };
}

/** A ping is answered, or the server would take the client for dead. */
function pingIn(text: string): { length: number; reply: string } | null {
  if (!text.startsWith("\u0089") || text.length < 2) return null;
  const length = 2 + text.charCodeAt(1);
  return text.length < length ? null : { length, reply: frame(text.slice(2, length), "\u008a") };
}

const UPGRADE = [
  "GET / HTTP/1.1",
  "host: localhost",
  "connection: Upgrade",
  "upgrade: websocket",
  "sec-websocket-version: 13",
  "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
].join("\r\n");

const SPEECHES: Readonly<Record<Protocol, Speech>> = {
  get: {
    greeting: null,
    ask: (id) => `GET /items/${id} HTTP/1.1\r\nhost: localhost${HEAD_END}`,
    answerIn: answerInHttp,
  },
  post: {
    greeting: null,
    ask: (id) => {
      const body = JSON.stringify({ id });
      const head = `POST /items HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
      return `${head}${HEAD_END}${body}`;
    },
    answerIn: answerInHttp,
  },
  websocket: {
    greeting: { text: `${UPGRADE}${HEAD_END}`, isAnswered: (text) => text.endsWith(HEAD_END) },
    ask: (id) => frame(`message/${id}`),
    answerIn: answerInFrame,
    // Close, with 1000. Whoever leaves without it is reported by escapement's server, as by Python's; `ws` says nothing.
    farewell: frame("\u0003\u00e8", "\u0088"),
    aside: pingIn,
  },
  stream: {
    greeting: null,
    ask: (id) => `message/${id}\n`,
    answerIn: (text) => (text.endsWith("\n") ? { id: idIn(text), length: text.length } : null),
  },
};

/** A connection to a server, on which one question at a time is asked. All text is of ASCII. */
export class Wire {
  readonly #socket: Socket;
  readonly #speech: Speech;
  #text = "";
  #onText: (text: string) => boolean = () => false;
  #onLoss: (error: Error) => void = () => {};

  constructor(protocol: Protocol, port: number) {
    this.#speech = SPEECHES[protocol];
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (text: string) => {
      this.#text += text;
      this.#hearAsides();
      if (this.#onText(this.#text)) this.#text = "";
    });
    this.#socket.on("error", (error) => this.#onLoss(error));
    this.#socket.on("close", () => this.#onLoss(new Error("the server closed the connection")));
  }

  #hearAsides(): void {
    for (let aside; (aside = this.#speech.aside?.(this.#text) ?? null) !== null;) {
      this.#text = this.#text.slice(aside.length);
      this.#socket.write(aside.reply, "latin1");
    }
  }

  /** Calls back when it can be asked. */
  open(opened: () => void, lost: (error: Error) => void): void {
    this.#onLoss = lost;
    this.#socket.on("connect", () => {
      const { greeting } = this.#speech;
      if (greeting === null) {
        opened();
        return;
      }
      this.#onText = (text) => {
        if (!greeting.isAnswered(text)) return false;
        this.#text = "";
        opened();
        return true;
      };
      this.#socket.write(greeting.text, "latin1");
    });
  }

  /** Asks for an item, and calls back with the number that comes. */
  ask(id: number, answered: (id: number) => void): void {
    this.#onText = (text) => {
      const answer = this.#speech.answerIn(text);
      if (answer === null) return false;
      this.#text = text.slice(answer.length);
      this.#hearAsides();
      answered(answer.id);
      return false;
    };
    this.#socket.write(this.#speech.ask(id), "latin1");
  }

  /** Says half of a question. */
  mumble(id: number): void {
    const text = this.#speech.ask(id);
    this.#socket.write(text.slice(0, text.length / 2), "latin1");
  }

  /** Leaves as a client does that has what it wanted. */
  part(): void {
    const { farewell } = this.#speech;
    if (farewell === undefined) {
      this.leave();
      return;
    }
    this.#onLoss = () => {};
    this.#onText = () => true;
    this.#socket.end(farewell, "latin1");
  }

  /** Leaves without a word. @param rudely - With a reset, as a process does that has data unread when it dies. */
  leave(rudely: boolean = false): void {
    this.#onLoss = () => {};
    if (rudely) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }
}
