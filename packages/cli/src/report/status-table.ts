import type { EnvironmentStatus, FunctionStatus } from "@sluice/updater";
import type { Colors } from "../terminal/colors.ts";
import { formatProblem, wrap } from "../terminal/problems.ts";
import { formatAge } from "./age.ts";
import { CONDITIONS, type Condition, conditionOf, remarks, summary } from "./status-words.ts";

const WIDTH = 80;
const SHORTEST_NAME = 16;

const SIGNS: Readonly<Record<Condition, string>> = {
  ok: "✓",
  code: "✗",
  "unknown-origin": "?",
  absent: "-",
  unreadable: "✗",
};

function painter(condition: Condition, colors: Colors): (text: string) => string {
  if (condition === "ok") return colors.green;
  return condition === "code" || condition === "unreadable" ? colors.red : colors.yellow;
}

/** Cells after the name; the last is shown where something is not as deployed. */
function cells(status: FunctionStatus, now: number): readonly string[] {
  const condition = conditionOf(status);
  const { version, alias, packageVersion, commit, deployedAt } = status;
  const live = condition !== "absent" && status.codeSha256 !== null;
  return [
    version ?? (live ? "-" : ""),
    alias ?? "",
    packageVersion ?? "",
    commit?.slice(0, 8) ?? "",
    formatAge(deployedAt, now),
    condition === "ok" ? "" : CONDITIONS[condition],
  ];
}

/** Of a long name both ends are shown. */
function shortened(name: string, width: number): string {
  const characters = [...name];
  if (characters.length <= width) return name + " ".repeat(width - characters.length);
  const end = Math.floor((width - 1) / 2);
  return `${characters.slice(0, width - 1 - end).join("")}…${characters.slice(-end).join("")}`;
}

function rows(statuses: readonly FunctionStatus[], now: number, colors: Colors): string[] {
  const table = statuses.map((status) => cells(status, now));
  const widths = [0, 1, 2, 3, 4, 5].map((index) =>
    Math.max(0, ...table.map((row) => row[index]?.length ?? 0)),
  );
  const taken = 4 + widths.reduce((sum, width) => sum + (width === 0 ? 0 : width + 2), 0);
  const longest = Math.max(0, ...statuses.map(({ target }) => [...target].length));
  const room = Math.min(longest, Math.max(SHORTEST_NAME, WIDTH - taken));
  return statuses.flatMap((status, index) => {
    const sign = status.failure === null ? SIGNS[conditionOf(status)] : "✗";
    const paint = status.failure === null ? painter(conditionOf(status), colors) : colors.red;
    const shown = (table[index] ?? []).flatMap((cell, column) => {
      const width = widths[column] ?? 0;
      const padded = cell.padEnd(width);
      return width === 0 ? [] : [column === 5 ? paint(padded) : padded];
    });
    const line = `  ${paint(sign)} ${colors.bold(shortened(status.target, room))}  ${shown.join("  ")}`;
    return [line.trimEnd(), ...explained(status, now, colors)];
  });
}

function explained(status: FunctionStatus, now: number, colors: Colors): string[] {
  const { error } = status;
  if (error === null)
    return remarks(status, now).flatMap((text) => wrap(text, 74).map((line) => `    ${colors.dim(line)}`));
  return [
    ...wrap(error.message, 74).map((line) => `    ${line}`),
    `    ${colors.dim(error.code)}`,
    ...wrap(error.hint, 72).map((line, index) => `    ${index === 0 ? colors.cyan("→") : " "} ${line}`),
  ];
}

const placeOf = ({ account, region }: FunctionStatus): string =>
  [account, region].filter(Boolean).join(" · ");

/** One environment: a heading, and its functions by account and region. */
function block(environment: EnvironmentStatus, now: number, colors: Colors): string {
  const { name, functions, errors, lease } = environment;
  const places = [...new Set(functions.map(placeOf))];
  const [only] = places;
  const head = places.length === 1 ? `${colors.bold(name)}  ${colors.dim(only ?? "")}` : colors.bold(name);
  const held =
    lease === null ? [] : [colors.yellow(`  held by ${lease.holder}, begun ${formatAge(lease.since, now)}`)];
  const lines = places.flatMap((place) => {
    const own = rows(
      functions.filter((each) => placeOf(each) === place),
      now,
      colors,
    );
    return places.length === 1 ? own : [`  ${colors.dim(place)}`, ...own];
  });
  const told = errors.map((error) => formatProblem(error, colors));
  return [head, ...held, ...lines, ...told].join("\n");
}

/** What is live, in 80 columns. */
export function formatStatus(
  environments: readonly EnvironmentStatus[],
  now: number,
  colors: Colors,
): string {
  const blocks = environments.map((environment) => block(environment, now, colors));
  return [...blocks, summary(environments)].join("\n\n");
}
