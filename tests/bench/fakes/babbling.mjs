// Prints where only answers are expected.
export async function load() {
  console.log("hello, world");
  return { version: "1", workloads: {} };
}
