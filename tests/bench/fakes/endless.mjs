// Does the first workload, and never ends the second.
export async function load() {
  return {
    version: "1",
    workloads: { switch: (size) => size, pingpong: () => new Promise(() => setInterval(() => {}, 1000)) },
  };
}
