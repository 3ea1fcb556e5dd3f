import { History } from "escapement/sim";
import { describe, expect, it } from "vitest";

describe("History", () => {
  it("keeps what was asked, by whom, what came back, and in which order", () => {
    const history = new History<string, number>();
    const first = history.call("a", "ann");
    const second = history.call("b");
    history.return(second, 2);
    expect([first, second]).toEqual([0, 1]);
    expect(history.operations).toEqual([
      { id: 0, input: "a", process: "ann", calledAt: 0, returnedAt: Infinity, output: undefined },
      { id: 1, input: "b", process: undefined, calledAt: 1, returnedAt: 2, output: 2 },
    ]);
  });

  it("leaves out what failed, and gives its number to no other", () => {
    const history = new History<string, number>();
    history.fail(history.call("a", "ann"));
    expect(history.call("b", "ann")).toBe(1);
    expect(history.operations.map(({ input }) => input)).toEqual(["b"]);
  });

  it("lets a client ask again when it has been told, whatever that is", () => {
    const history = new History<string, number>();
    history.return(history.call("a", "ann"), 1);
    history.fail(history.call("b", "ann"));
    expect(history.call("c", "ann")).toBe(2);
  });

  it("takes one question at a time from a client, and any number from who has no name", () => {
    const history = new History<string, number>();
    history.call("a", "ann");
    history.call("b");
    history.call("c");
    expect(() => history.call("d", "ann")).toThrow(
      `History.call: operation 0 of "ann" has not returned. A client asks one thing at a time; ` +
        "one that gave up on an operation goes on under another name.",
    );
    expect(history.operations).toHaveLength(3);
  });

  it.each([0, 7, -1, 0.5, Number.NaN, undefined as never, "0" as never])(
    "refuses the return of %s, which was not called",
    (id) => {
      const history = new History<string, number>();
      expect(() => history.return(id, 1)).toThrow(
        `History.return: there is no operation ${String(id)}: none was called.`,
      );
      expect(() => history.fail(id)).toThrow(`History.fail: there is no operation ${String(id)}: none was called.`);
    },
  );

  it("refuses a second return, and a return after a failure", () => {
    const history = new History<string, number>();
    const [first, second] = [history.call("a"), history.call("b")];
    history.return(first, 1);
    history.fail(second);
    expect(() => history.return(first, 2)).toThrow("History.return: operation 0 has returned already.");
    expect(() => history.fail(first)).toThrow("History.fail: operation 0 has returned already.");
    expect(() => history.return(second, 2)).toThrow("History.return: there is no operation 1 any more: it failed.");
    expect(history.operations[0]?.output).toBe(1);
  });

  it("shows what it was when it was asked, whatever happens later", () => {
    const history = new History<string, number>();
    const id = history.call("a");
    const before = history.operations;
    history.return(id, 1);
    expect(before[0]?.returnedAt).toBe(Infinity);
  });
});
