// What of the host there is, differs from host to host.

/** A global of the host's. @internal */
export function hostGlobal(name: string): any {
  return (globalThis as Record<string, unknown>)[name];
}

const modules = new Map<string, unknown>();

/** One of the host's own modules, on Node. @internal */
export function hostModule(name: string): any {
  if (modules.has(name)) return modules.get(name);
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  const found = process?.getBuiltinModule?.(`node:${name}`);
  modules.set(name, found);
  return found;
}
