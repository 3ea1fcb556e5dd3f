import { get } from "node:http";
import { MissingPackageError, loadPeer } from "../../io/peer-package.ts";
import type { WsSocket } from "../../io/websocket-driver.ts";
import { UsageError } from "../usage-error.ts";

/** A call of V8's inspector failed, or its connection. */
export class DevtoolsError extends Error {
  override readonly name = "DevtoolsError";
}

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The WebSocket address of the inspector on `port`; null when what listens there is none. */
export function findInspector(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path: "/json/list", timeout: 2000, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve(addressIn(text)));
      response.on("error", () => resolve(null));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(null));
  });
}

function addressIn(text: string): string | null {
  try {
    const [target] = JSON.parse(text) as [{ webSocketDebuggerUrl?: string }?];
    return target?.webSocketDebuggerUrl ?? null;
  } catch {
    return null;
  }
}

/** Calls of V8's inspector, over its WebSocket. */
export class Devtools {
  readonly #socket: WsSocket;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;

  constructor(socket: WsSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#settle(JSON.parse(data.toString("utf8")) as Reply));
    socket.on("close", () => this.#fail(new DevtoolsError("the process has ended, or closed its inspector.")));
    socket.on("error", () => {});
  }

  static async connect(address: string): Promise<Devtools> {
    const socket = new (loadWebSocket())(address, [], { perMessageDeflate: false });
    const devtools = new Devtools(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", (error: Error) => reject(new DevtoolsError(error.message, { cause: error })));
    });
    return devtools;
  }

  /** What `expression` gives in the process, as JSON would have it. */
  async evaluate(expression: string): Promise<unknown> {
    const params = { expression, returnByValue: true, silent: true };
    const { result, exceptionDetails } = (await this.#call("Runtime.evaluate", params)) as {
      result: { value?: unknown };
      exceptionDetails?: { exception?: { description?: string }; text: string };
    };
    if (exceptionDetails !== undefined) {
      throw new DevtoolsError(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value;
  }

  close(): void {
    this.#socket.terminate();
  }

  #call(method: string, params: object): Promise<unknown> {
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }), (error) => {
        if (error) this.#settle({ id, error });
      });
    });
  }

  #settle({ id, result, error }: Reply): void {
    const pending = this.#pending.get(id ?? -1);
    if (pending === undefined) return;
    this.#pending.delete(id!);
    if (error === undefined) pending.resolve(result);
    else pending.reject(new DevtoolsError(error.message));
  }

  #fail(error: DevtoolsError): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

function loadWebSocket(): new (url: string, protocols: readonly string[], options: object) => WsSocket {
  try {
    return (loadPeer("escapement ps", "ws") as { WebSocket: ReturnType<typeof loadWebSocket> }).WebSocket;
  } catch (error) {
    if (error instanceof MissingPackageError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
