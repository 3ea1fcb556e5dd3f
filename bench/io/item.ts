/** What is asked for by its number: what every server here answers, and every client checks. */
export interface Item {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
}

/** The item of that number. */
export function itemOf(id: number): Item {
  return { id, name: `item ${id}`, tags: ["brass", "steel"] };
}

/** The number in a path: 17 of `/items/17`. */
export function idIn(path: string): number {
  return Number(path.slice(path.lastIndexOf("/") + 1));
}

/** What every client says beside what it asks for, as clients do. */
export const CLIENT_HEADERS: Readonly<Record<string, string>> = {
  accept: "*/*",
  "accept-encoding": "gzip, deflate, br",
  "user-agent": "bench",
};

/** The sum of the numbers from 0 to `count - 1`: the checksum of a run in which each item came once. */
export function sumOfIds(count: number): number {
  return (count * (count - 1)) / 2;
}
