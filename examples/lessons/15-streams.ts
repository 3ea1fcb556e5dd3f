// Covers: StreamReader: what a socket's bytes do to the task that reads.
// Scenario: a line comes in two packets.
import { type Coroutine, createTask } from "escapement";
import { StreamReader } from "escapement/net";

function* read(reader: StreamReader): Coroutine<void> {
  const line = yield* reader.readline();
  console.log(`read: ${new TextDecoder().decode(line).trimEnd()}`);
}

export default function* main(): Coroutine<void> {
  const reader = new StreamReader();
  const client = createTask(read(reader), { name: "client" });
  yield;
  for (const packet of ["hel", "lo\n"]) {
    reader.feedData(new TextEncoder().encode(packet));
    console.log(`a packet of ${packet.length} bytes`);
    yield;
    console.log("the loop has been round");
  }
  yield* client;
}
