import { getRunningLoop } from "../../loop/event-loop.ts";
import type { Handle } from "../../loop/handle.ts";
import { toBytes } from "../../io/bytes.ts";
import { describeName } from "../../io/network.ts";
import { networkError } from "../../io/network-errors.ts";
import type { CloseFrame } from "../../io/websocket-close.ts";
import type { WebSocketSettings } from "../../io/websocket-options.ts";
import type { Message, Wire, WireEvents } from "../../io/websocket-wire.ts";
import type { Channel, ChannelEvents, NetworkFault } from "./channel.ts";
import { FRAME_SIZE, type SocketMessage } from "./websocket-messages.ts";

/** Who has the channel until the connection is open. @internal */
export interface Handshake {
  opened(): void;
  message(message: SocketMessage): void;
  lost(fault: NetworkFault | null): void;
}

/**
 * One end of a simulated WebSocket.
 *
 * @internal
 */
export class SimWire implements Wire, ChannelEvents {
  declare channel: Channel;
  readonly #target: string;
  readonly #secure: boolean;
  readonly #settings: WebSocketSettings;
  readonly #handshake: Handshake;
  // A wire is in one of four states:
  //   1. shaking hands: the channel is the handshake's;
  //   2. open:          messages go both ways;
  //   3. closing:       one side has said goodbye, or both have; messages may still come;
  //   4. lost:          the channel is gone.
  #state: "shaking hands" | "open" | "closing" | "lost" = "shaking hands";
  #events!: WireEvents;
  #isServer = false;
  #timer: Handle | null = null;
  // The sizes of messages that the peer has not taken.
  readonly #unsent: number[] = [];
  #unsentSize = 0;
  // What we began to close with; what the peer said; what we said because the peer broke the rules; what broke.
  #closedWith: CloseFrame | null = null;
  #received: CloseFrame | null = null;
  #violation: CloseFrame | null = null;
  #cause: Error | undefined = undefined;

  constructor(target: string, secure: boolean, settings: WebSocketSettings, handshake: Handshake) {
    this.#target = target;
    this.#secure = secure;
    this.#settings = settings;
    this.#handshake = handshake;
  }

  /** The connection is open. */
  begin(events: WireEvents, { isServer }: { readonly isServer: boolean }): void {
    this.#state = "open";
    this.#events = events;
    this.#isServer = isServer;
  }

  get peerName(): string {
    return describeName(this.channel.remoteName);
  }

  // ---- what the channel tells

  opened(): void {
    this.#handshake.opened();
  }

  message(payload: unknown): void {
    const message = payload as SocketMessage;
    if (this.#state === "shaking hands") this.#handshake.message(message);
    else if (this.#violation === null && this.#received === null) this.#take(message);
  }

  #take(message: SocketMessage): void {
    switch (message.kind) {
      case "data":
        if (message.size > this.#settings.maxSize) this.#refuse(1009, "Max payload size exceeded");
        else this.#events.message(message.message);
        break;
      case "ping":
        this.#say({ kind: "pong", payload: message.payload }, message.payload.length);
        break;
      case "pong":
        this.#events.pong(message.payload);
        break;
      case "close":
        this.#peerCloses(message);
        break;
      case "hello":
      case "welcome":
        this.#refuse(1002, "Invalid WebSocket frame");
        break;
    }
  }

  #say(message: SocketMessage, size: number): void {
    this.channel.send(message, size + FRAME_SIZE);
  }

  /** What the peer sends is against the rules: it is told so, and heard no more. */
  #refuse(code: number, why: string): void {
    this.#violation = { code, reason: "" };
    this.#cause = new RangeError(why);
    if (this.#closedWith === null) this.#say({ kind: "close", code, reason: "" }, 2);
    this.#state = "closing";
    this.channel.end();
    this.#limitClosing();
  }

  #peerCloses({ code, reason }: CloseFrame): void {
    this.#received = { code, reason };
    if (this.#closedWith === null) this.#say({ kind: "close", code, reason }, reason.length + 2);
    this.#state = "closing";
    // The server hangs up; a client waits for that.
    if (this.#isServer) this.channel.close();
    else this.#limitClosing();
  }

  #limitClosing(): void {
    this.#timer ??= getRunningLoop().callLater(this.#settings.closeTimeout, () => this.terminate());
  }

  delivered(): void {
    // A message has gone when all that is not delivered is younger.
    while (this.#unsent.length > 0 && this.channel.unacknowledged <= this.#unsentSize - this.#unsent[0]!) {
      this.#unsentSize -= this.#unsent.shift()!;
      this.#events.sent();
    }
  }

  /** The peer has hung up. */
  ended(): void {
    this.channel.close();
  }

  lost(fault: NetworkFault | null): void {
    this.#timer?.cancel();
    if (this.#state === "shaking hands") {
      this.#handshake.lost(fault);
      return;
    }
    this.#state = "lost";
    if (fault !== null) this.#cause ??= networkError("the connection with", this.#target, fault, this.#secure);
    const received = this.#received;
    const sent = this.#closedWith ?? this.#violation ?? received;
    this.#events.lost({ received, sent, peerFirst: this.#closedWith === null, cause: this.#cause });
  }

  // ---- what a connection does

  get isOpen(): boolean {
    return this.#state === "open";
  }

  get bufferedAmount(): number {
    return this.#unsentSize;
  }

  send(message: Message): void {
    if (!this.isOpen) return;
    const size = typeof message === "string" ? toBytes("send", message).length : message.length;
    this.#unsent.push(size + FRAME_SIZE);
    this.#unsentSize += size + FRAME_SIZE;
    this.#say({ kind: "data", message: typeof message === "string" ? message : message.slice(), size }, size);
  }

  ping(payload: string): void {
    if (this.isOpen) this.#say({ kind: "ping", payload }, payload.length);
  }

  close(code: number, reason: string): void {
    if (this.#state === "shaking hands") this.terminate();
    if (!this.isOpen) return;
    this.#closedWith = { code, reason };
    this.#state = "closing";
    this.#say({ kind: "close", code, reason }, reason.length + 2);
  }

  terminate(): void {
    if (this.#state === "shaking hands") this.channel.reset();
    else this.channel.close();
  }

  pause(): void {
    this.channel.pause();
  }

  resume(): void {
    this.channel.resume();
  }
}
