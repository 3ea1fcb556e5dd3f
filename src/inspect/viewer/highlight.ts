/** A piece of a line of code; `kind` is empty for what is nothing special. */
export interface Token {
  readonly kind: "" | "comment" | "string" | "keyword" | "number";
  readonly text: string;
}

const TOKEN = new RegExp(
  [
    String.raw`(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))`,
    String.raw`(?<string>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|${"`"}(?:[^${"`"}\\]|\\[\s\S])*${"`"}?)`,
    String.raw`(?<keyword>\b(?:as|async|await|break|case|catch|class|const|continue|default|else|export|extends|finally|for|from|function|if|import|in|instanceof|interface|let|new|null|of|return|switch|this|throw|true|false|try|type|typeof|undefined|while|yield)\b\*?)`,
    String.raw`(?<number>\b\d[\d_]*(?:\.\d+)?\b)`,
  ].join("|"),
  "g",
);

/** The lines of a source, in pieces: enough to read it by, not a parser. */
export function highlighted(source: string): readonly (readonly Token[])[] {
  const lines: Token[][] = [[]];
  const add = (kind: Token["kind"], text: string): void => {
    for (const [i, piece] of text.split("\n").entries()) {
      if (i > 0) lines.push([]);
      if (piece !== "") lines.at(-1)!.push({ kind, text: piece });
    }
  };
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    add("", source.slice(end, match.index));
    const [kind] = Object.entries(match.groups!).find(([, text]) => text !== undefined)!;
    add(kind as Token["kind"], match[0]);
    end = match.index + match[0].length;
  }
  add("", source.slice(end));
  return lines;
}
