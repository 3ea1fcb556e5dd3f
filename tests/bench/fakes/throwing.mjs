// Throws in one workload, and says why it cannot do the other.
export async function load() {
  return {
    version: "1",
    workloads: {
      async switch() {
        throw new Error("no more turns");
      },
    },
    cannot: { pingpong: "it has no futures" },
  };
}
