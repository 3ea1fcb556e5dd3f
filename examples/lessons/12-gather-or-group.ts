// Covers: what becomes of the others when one fails, under gather and in a group.
// Scenario: a fire in the kitchen. The first restaurant goes on cooking, the second sends everybody home.
import { type Coroutine, TaskGroup, createTask, gather, sleep, using } from "escapement";

function* fire(): Coroutine<void> {
  yield* sleep(100);
  throw new Error("fire");
}

function* cook(dish: string): Coroutine<void> {
  yield* sleep(1000);
  console.log(`${dish} is served`);
}

function* firstRestaurant(): Coroutine<void> {
  try {
    yield* gather([createTask(fire(), { name: "oven" }), createTask(cook("soup"), { name: "soup" })]);
  } catch {
    console.log("the first restaurant closes");
  }
}

function* secondRestaurant(): Coroutine<void> {
  const kitchen = new TaskGroup();
  try {
    yield* using(kitchen, function* () {
      kitchen.createTask(fire(), { name: "oven" });
      kitchen.createTask(cook("fish"), { name: "fish" });
    });
  } catch {
    console.log("the second restaurant closes");
  }
}

export default function* main(): Coroutine<void> {
  yield* firstRestaurant();
  yield* sleep(1200);
  yield* secondRestaurant();
  yield* sleep(1200);
}
