// CPython's own tests, ported: what each asserts is asserted of escapement, in our words. The class is the `describe`, the
// method the name given here; INVENTORY.md is made from these calls, and a test fails when one of the 551 is missing.
import { it } from "vitest";

type Body = () => void | Promise<void>;

/** A test that asserts what the original asserts. */
export function ported(name: string, body: Body): void {
  it(name, body);
}

/** A test whose original speaks of something that this runtime has in another form. */
export function adapted(name: string, how: string, body: Body): void {
  it(`${name} (adapted: ${how})`, body);
}

/** A test whose subject does not exist here. */
export function leftOut(name: string, why: string): void {
  it.skip(`${name} (left out: ${why})`);
}
