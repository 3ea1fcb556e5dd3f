// Cannot be loaded.
export async function load() {
  throw new Error("it does not run here");
}
