/**
 * Several errors at once.
 *
 * @see PEP 654, `ExceptionGroup`
 */
export class ExceptionGroup extends AggregateError {
  static {
    this.prototype.name = "ExceptionGroup";
  }

  /** @throws {TypeError} When there are no errors. */
  constructor(errors: Iterable<unknown>, message?: string, options?: ErrorOptions) {
    super(errors, message, options);
    if (this.errors.length === 0) throw new TypeError("ExceptionGroup: expected at least one error, got none.");
  }

  /** The part whose errors `match`, and the rest; nested groups are divided with their structure. null for an empty part. */
  split(match: (error: unknown) => boolean): [ExceptionGroup | null, ExceptionGroup | null] {
    if (match(this)) return [this, null];
    const matching: unknown[] = [];
    const rest: unknown[] = [];
    for (const error of this.errors as unknown[]) {
      if (error instanceof ExceptionGroup) {
        const [inside, outside] = error.split(match);
        if (inside !== null) matching.push(inside);
        if (outside !== null) rest.push(outside);
      } else (match(error) ? matching : rest).push(error);
    }
    return [this.#derive(matching), this.#derive(rest)];
  }

  /** The part whose errors `match`; null when there are none. */
  subgroup(match: (error: unknown) => boolean): ExceptionGroup | null {
    return this.split(match)[0];
  }

  #derive(errors: unknown[]): ExceptionGroup | null {
    if (errors.length === 0) return null;
    return new ExceptionGroup(errors, this.message, this.cause === undefined ? undefined : { cause: this.cause });
  }
}
