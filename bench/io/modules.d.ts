// As much of `ws`, which has no types of its own, as the peers use.

declare module "ws" {
  import type { EventEmitter } from "node:events";
  import type { AddressInfo } from "node:net";

  export class WebSocket extends EventEmitter {
    send(data: string): void;
    on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): this;
    on(event: "close", listener: () => void): this;
  }

  export class WebSocketServer extends EventEmitter {
    constructor(options: { readonly host: string; readonly port: number });
    address(): AddressInfo;
    close(callback: () => void): void;
    on(event: "connection", listener: (socket: WebSocket) => void): this;
    on(event: "listening", listener: () => void): this;
  }
}
