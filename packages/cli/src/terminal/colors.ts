/** Paints text for a terminal, or leaves it as it is. */
export interface Colors {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** SGR parameters (ECMA-48, 8.3.117): on, off. */
const paint =
  (on: number, off: number) =>
  (text: string): string =>
    text === "" ? text : `\u001b[${on}m${text}\u001b[${off}m`;

const PLAIN: Colors = {
  bold: (text) => text,
  dim: (text) => text,
  red: (text) => text,
  green: (text) => text,
  yellow: (text) => text,
  cyan: (text) => text,
};

const PAINTED: Colors = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
  cyan: paint(36, 39),
};

/** Colours are on for a terminal, unless `--no-color`, NO_COLOR (no-color.org) or TERM=dumb says otherwise. */
export function createColors(options: {
  isTerminal: boolean;
  noColor: boolean;
  env: Readonly<Record<string, string | undefined>>;
}): Colors {
  const { isTerminal, noColor, env } = options;
  const forced = env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0";
  const off = noColor || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return !off && (isTerminal || forced) ? PAINTED : PLAIN;
}
