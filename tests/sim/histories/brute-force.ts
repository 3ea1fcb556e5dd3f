import type { Model, Operation } from "escapement/sim";

/** The definition, word for word: some permutation that real time allows, with or without what never returned, is legal. */
export function bruteForce<S, I, O>(
  model: Pick<Model<S, I, O>, "init" | "step" | "crashed">,
  operations: readonly Operation<I, O>[],
): boolean {
  return hasOrder(model, model.init(), operations);
}

function hasOrder<S, I, O>(
  model: Pick<Model<S, I, O>, "step" | "crashed">,
  state: S,
  left: readonly Operation<I, O>[],
): boolean {
  if (left.every(isOpen)) return true;
  return left.some((operation) => {
    if (left.some((other) => other.returnedAt < operation.calledAt)) return false;
    const next = after(model, state, operation);
    const others = left.filter((other) => other !== operation);
    return next !== undefined && hasOrder(model, next, others);
  });
}

function after<S, I, O>(
  model: Pick<Model<S, I, O>, "step" | "crashed">,
  state: S,
  operation: Operation<I, O>,
): S | undefined {
  if (!isOpen(operation)) return model.step(state, operation.input, operation.output as O);
  if (model.crashed !== undefined) return model.crashed(state, operation.input);
  return model.step(state, operation.input, undefined as O);
}

function isOpen({ returnedAt }: Operation<unknown, unknown>): boolean {
  return returnedAt === Infinity;
}

/** The first `events` calls and returns of a history. What returns later has not returned. */
export function beginning<I, O>(operations: readonly Operation<I, O>[], events: number): readonly Operation<I, O>[] {
  return operations
    .filter(({ calledAt }) => calledAt < events)
    .map((operation) =>
      operation.returnedAt < events ? operation : { ...operation, returnedAt: Infinity, output: undefined },
    );
}
