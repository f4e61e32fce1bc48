/** A figure's goal, and whether it was reached. */
export interface Goal {
  /** As `≤ 5 calls`. */
  readonly text: string;
  readonly met: boolean;
}

export interface Row {
  readonly name: string;
  readonly median: string;
  readonly range: string;
  /** API calls of one run; empty where none are made. */
  readonly calls: string;
  readonly goals: readonly Goal[];
}

/** What is compared, side by side. */
export interface Table {
  readonly title: string;
  /** What the figures are; default `median`, `min–max` and `calls`. */
  readonly heads?: readonly [string, string, string];
  readonly rows: readonly Row[];
  /** Sentences under the table, wrapped when printed. */
  readonly notes: readonly string[];
}

/** Columns of a terminal that nobody has widened. */
const WIDTH = 80;

const COLUMNS: readonly { readonly width: number; readonly align: "left" | "right" }[] = [
  { width: 27, align: "left" },
  { width: 9, align: "right" },
  { width: 13, align: "right" },
  { width: 9, align: "right" },
];

function cell(text: string, index: number): string {
  const { width, align } = COLUMNS[index] ?? { width: 0, align: "left" };
  return align === "left" ? text.padEnd(width) : text.padStart(width);
}

function line(cells: readonly string[], goal: string): string {
  return `${cells.map(cell).join("")}  ${goal}`.trimEnd();
}

function formatRow({ name, median, range, calls, goals }: Row): string[] {
  const [first = "", ...others] = goals.map(({ text, met }) => `${met ? "✓" : "✗"} ${text}`);
  return [
    line([`  ${name}`, median, range, calls], first),
    ...others.map((goal) => line(["", "", "", ""], goal)),
  ];
}

/** Breaks a sentence between words, each line indented. */
export function wrap(text: string, indent: string): readonly string[] {
  const lines = [indent];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last !== indent && last.length + 1 + word.length > WIDTH) lines.push(indent + word);
    else lines[lines.length - 1] = last === indent ? indent + word : `${last} ${word}`;
  }
  return lines;
}

/** Prints a table in at most 80 columns. */
export function formatTable({ title, heads, rows, notes }: Table): string {
  const head = line([title, ...(heads ?? ["median", "min–max", "calls"])], "goal");
  return [head, ...rows.flatMap(formatRow), ...notes.flatMap((note) => wrap(note, "  "))].join("\n");
}
