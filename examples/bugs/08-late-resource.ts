// A resource is opened, with a timeout. When both come at the same moment, whoever waited sees the timeout, and nobody
// closes what was opened.
// Fixed: what arrives late is closed.
import { type Coroutine, createTask, sleep } from "escapement";
import { type World, state, until } from "escapement/sim";
import { must, together } from "./together.ts";

interface Resource {
  opened: number;
  closed: number;
  timedOut: boolean;
}

function* scenario({ random }: World, closesWhatIsLate: boolean): Coroutine<void> {
  const resource: Resource = state({ opened: 0, closed: 0, timedOut: false }, "resource");
  const opener = createTask(
    (function* (): Coroutine<void> {
      yield* sleep(random.integer(1, 4));
      resource.opened += 1;
    })(),
    { name: "opener" },
  );
  function* timer(): Coroutine<void> {
    yield* sleep(3);
    resource.timedOut = true;
  }
  function* waiter(): Coroutine<void> {
    yield* until(() => resource.opened > 0 || resource.timedOut);
    if (resource.timedOut) {
      opener.cancel();
      if (!closesWhatIsLate || resource.opened === 0) return;
    }
    yield;
    resource.closed += 1;
  }
  yield* together(opener, createTask(timer(), { name: "timer" }), createTask(waiter(), { name: "waiter" }));
  must(resource.opened === resource.closed, `${resource.opened} opened, ${resource.closed} closed`);
}

export default function* lateResource(world: World): Coroutine<void> {
  yield* scenario(world, false);
}

export function* fixed(world: World): Coroutine<void> {
  yield* scenario(world, true);
}
