/** What the demo says, on stdout: calm, numbered, within 80 columns. */
export interface Narrator {
  /** Begins a chapter. */
  readonly chapter: (title: string) => void;
  readonly say: (text: string) => void;
  /** A command as a user would type it. */
  readonly command: (text: string) => void;
  /** What a command printed, with a bar in the margin: the `sluice` command itself takes up to 78 columns. */
  readonly output: (text: string) => void;
  readonly table: (head: readonly string[], rows: readonly (readonly string[])[]) => void;
}

export function createNarrator(stream: NodeJS.WriteStream): Narrator {
  const colored = stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
  const paint = (code: number, text: string): string => (colored ? `\u001b[${code}m${text}\u001b[0m` : text);
  const write = (text: string): void => {
    stream.write(`${text}\n`);
  };
  let number = 0;
  return {
    chapter: (title) => {
      number += 1;
      write(`\n${paint(1, `${number}  ${title}`)}`);
    },
    say: (text) => write(`  ${text}`.trimEnd()),
    command: (text) => write(`  ${paint(36, `$ ${text}`)}`),
    output: (text) => {
      for (const line of text.trimEnd().split("\n")) write(`${paint(2, "│")} ${line}`.trimEnd());
    },
    table: (head, rows) => {
      const widths = head.map((title, column) =>
        Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
      );
      const line = (cells: readonly string[]): string =>
        cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
      write(`  ${paint(2, line(head).trimEnd())}`);
      for (const row of rows) write(`  ${line(row).trimEnd()}`);
    },
  };
}
