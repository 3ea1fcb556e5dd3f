import type { Lesson } from "../lesson.ts";

/** Bytes arrive as callbacks. */
export const streams: Lesson = {
  name: "15-streams",
  title: "Streams: what a socket does to a task",
  opening:
    "When bytes arrive, the host calls back, and the bytes are fed to a StreamReader. A task that reads waits for a future, and " +
    "feeding completes it. Here main plays the network, so that the packets come when we want them.",
  stops: [
    {
      after: { kind: "step.ended", task: "client" },
      scene: "client wants a line. Nothing has arrived; main gave way before.",
      question: { ask: "who runs next" },
      because: "client waits for bytes, main is ready.",
    },
    {
      after: { kind: "mark", prints: "a packet of 3 bytes" },
      scene: 'The bytes "hel" have arrived, which made client ready. It wants a whole line.',
      question: {
        ask: "what is printed next",
        others: [
          {
            label: "read: hel",
            because: "readline gives no half lines (but at the end of the stream): no newline has come.",
          },
        ],
      },
      because:
        "client is woken, finds no newline, and waits again: one turn for nothing. main was behind it in the queue.",
    },
    {
      after: { kind: "mark", prints: "a packet of 3 bytes", nth: 2 },
      scene: 'Now "lo" and the newline have come.',
      question: { ask: "what is printed next" },
      because: "client was made ready by the packet, before main gave way: it is first, and this time it has its line.",
    },
  ],
  closing:
    "A packet is not a line, and a line is not a packet: a reader may be woken often before it has what it wants.",
  cpython: {
    says:
      "The same: the selector reports the socket, _read_ready receives, the protocol calls feed_data, which wakes the waiter; " +
      "readuntil looks again, and awaits _wait_for_data.",
    read: [
      { file: "asyncio/streams.py", name: "StreamReader.feed_data" },
      { file: "asyncio/streams.py", name: "StreamReader.readuntil" },
      { file: "asyncio/selector_events.py", name: "_SelectorSocketTransport._read_ready" },
    ],
  },
  here: [
    { file: "src/io/stream-reader.ts", name: "StreamReader.feedData" },
    { file: "src/io/stream-reader.ts", name: "StreamReader.readuntil" },
    { file: "src/io/stream-protocol.ts", name: "StreamReaderProtocol" },
  ],
};
