// Says that it did one operation more than it was asked for.
export async function load() {
  return { version: "1", workloads: { switch: (size) => size + 1, pingpong: (size) => 2 * size } };
}
