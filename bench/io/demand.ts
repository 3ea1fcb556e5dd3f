/** What is spoken over a connection. */
export type Protocol = "get" | "post" | "websocket" | "stream";

/** One thing that the other end of a peer's connections does, and answers with a number. */
export type Demand =
  /** Asks `count` times, over so many connections; answers with the sum of the items' numbers. */
  | {
      readonly do: "drive";
      readonly protocol: Protocol;
      readonly port: number;
      readonly count: number;
      readonly connections: number;
    }
  /** Opens `count` connections, uses each once, and keeps them; answers with how many are open. */
  | { readonly do: "hold"; readonly protocol: Protocol; readonly port: number; readonly count: number }
  /** Closes those that it keeps; answers with how many there were. */
  | { readonly do: "release" }
  /** Serves items over HTTP; answers with the port. */
  | { readonly do: "serve" };
