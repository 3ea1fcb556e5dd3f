// The public names of "escapement/vitest".

export { sim, type SimTest, type SimTestOptions } from "./sim-test.ts";
