// The loop calls tasks back and hands futures to its hooks, and yet imports neither. Their types are entered here by
// the files that define them (`declare module`), so that a Scheduler and an Instrument are typed exactly.

/** Who takes part in a loop, by name: see `Future` and `Task`, which add themselves. */
export interface Parties {}

/** `Task<any>` */
export type AnyTask = Parties["task"];
/** `Future<any>` */
export type AnyFuture = Parties["future"];
/** `Suspension` */
export type AnySuspension = Parties["suspension"];
