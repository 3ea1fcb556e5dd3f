// Needs a package that nobody has.
export async function load() {
  await import("a-package-that-nobody-has");
}
