import type { AddressInfo } from "node:net";

/** Listens for as long as `body` takes. */
export async function serving(
  server: { address(): unknown; close(callback: () => void): void },
  listen: (listening: () => void) => void,
  body: (port: number) => Promise<number>,
): Promise<number> {
  await new Promise<void>(listen);
  try {
    return await body((server.address() as AddressInfo).port);
  } finally {
    await new Promise<void>((resolve) => server.close(resolve));
  }
}
