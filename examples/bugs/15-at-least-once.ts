// A consumer works on a message and then acknowledges it. When it crashes in between, it gets the message once more, and
// the work is done twice.
// Fixed: it remembers, with the work, which messages it has worked on.
import { type Coroutine, createTask } from "escapement";
import { type World, state } from "escapement/sim";
import { must, together } from "./together.ts";

interface Mailbox {
  readonly messages: string[];
  readonly seen: string[];
  effects: number;
  crashed: boolean;
}

function* consumer(mailbox: Mailbox, remembers: boolean): Coroutine<void> {
  while (mailbox.messages.length > 0) {
    yield;
    const message = mailbox.messages[0]!;
    yield;
    if (!remembers || !mailbox.seen.includes(message)) mailbox.effects += 1;
    mailbox.seen.push(message);
    yield;
    if (mailbox.crashed) mailbox.crashed = false;
    else mailbox.messages.shift();
  }
}

function* crash(mailbox: Mailbox, yields: number): Coroutine<void> {
  for (let i = 0; i < yields; i += 1) yield;
  mailbox.crashed = true;
}

function* scenario({ random }: World, remembers: boolean): Coroutine<void> {
  const mailbox: Mailbox = state({ messages: ["one", "two"], seen: [], effects: 0, crashed: false }, "mailbox");
  const consuming = createTask(consumer(mailbox, remembers), { name: "consumer" });
  yield* together(consuming, createTask(crash(mailbox, random.integer(0, 5)), { name: "crash" }));
  must(mailbox.effects === 2, `${mailbox.effects} effects of two messages`);
}

export default function* atLeastOnce(world: World): Coroutine<void> {
  yield* scenario(world, false);
}

export function* fixed(world: World): Coroutine<void> {
  yield* scenario(world, true);
}
