// A program for decorator.test.ts, in a file of its own: it is compiled as a user's would be.
import { type Coroutine, Lock, coroutine, createTask, runSync, sleep, using } from "escapement";

class Account {
  #balance = 0;
  readonly #lock = new Lock();

  @coroutine
  *deposit(amount: number): Coroutine<number> {
    return yield* using(this.#lock, () => this.#add(amount));
  }

  @coroutine
  *#add(amount: number): Coroutine<number> {
    const before = this.#balance;
    yield* sleep(10);
    this.#balance = before + amount;
    return this.#balance;
  }

  @coroutine
  *countdown(n: number): Coroutine<number> {
    if (n > 0) return 1 + (yield* this.countdown(n - 1));
    yield* sleep(1);
    return 0;
  }

  @coroutine
  static *open(): Coroutine<Account> {
    yield* sleep(1);
    return new Account();
  }

  @coroutine
  *fail(): Coroutine<never> {
    yield* sleep(1);
    throw new Error("no such account");
  }

  @coroutine
  *audit(): Coroutine<never> {
    return yield* this.fail();
  }
}

runSync(function* () {
  const account = yield* Account.open();
  const deposits = [createTask(account.deposit(5)), createTask(account.deposit(7))];
  for (const deposit of deposits) console.log("balance", yield deposit);
  console.log("countdown", yield* account.countdown(100_000));
  try {
    yield* account.audit();
  } catch (error) {
    const frames = [...String((error as Error).stack).matchAll(/ at \S*\b(fail|audit) /g)];
    console.log((error as Error).message, frames.map((frame) => frame[1]).join());
  }
});
