// Ends its process in the middle of a workload; the other one works.
export async function load() {
  return { version: "1", workloads: { switch: () => process.exit(7), pingpong: (size) => 2 * size } };
}
