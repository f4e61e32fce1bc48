import { formatBytes, formatKind, formatPercent } from "./format.ts";
import type { ViewState } from "./map-view.ts";
import { pathTo, type TreeNode } from "./tree.ts";

/** More rows than that are no table to read. */
const ROWS = 500;

function cell(text: string, className = ""): HTMLTableCellElement {
  const element = document.createElement("td");
  element.textContent = text;
  element.className = className;
  return element;
}

function nameCell(node: TreeNode, name: string, state: ViewState): HTMLTableCellElement {
  if (node.children.length === 0) return cell(name);
  const element = cell("");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = name;
  button.addEventListener("click", () => state.open(node));
  element.append(button);
  return element;
}

/** Rows of what is in the node; with a search, of what was found below it, with the way to it. */
function rowsOf(state: ViewState): { node: TreeNode; name: string }[] {
  const { node, matches } = state;
  if (matches === null) return node.children.map((child) => ({ node: child, name: child.name }));
  const depth = pathTo(node).length;
  const found = matches.found.filter((each) => pathTo(each).includes(node));
  return found
    .toSorted((one, other) => other.bytes - one.bytes)
    .map((each) => ({
      node: each,
      name: pathTo(each)
        .slice(depth)
        .map(({ name }) => name)
        .join(" › "),
    }));
}

const HEADS: readonly (readonly [string, string])[] = [
  ["Name", ""],
  ["What", ""],
  ["Unzipped", "number"],
  ["Zipped", "number"],
  ["Share", "number"],
];

/** The same as the map, as a table. */
export function drawTable(host: HTMLElement, state: ViewState): void {
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const [name, className] of HEADS) {
    const element = document.createElement("th");
    element.scope = "col";
    element.textContent = name;
    element.className = className;
    head.append(element);
  }
  const rows = rowsOf(state);
  const body = table.createTBody();
  for (const { node, name } of rows.slice(0, ROWS)) {
    body
      .insertRow()
      .append(
        nameCell(node, name, state),
        cell(formatKind(node)),
        cell(formatBytes(node.bytes), "number"),
        cell(node.zip === null ? "" : formatBytes(node.zip), "number"),
        cell(formatPercent(node.bytes / state.node.bytes), "number"),
      );
  }
  const left = rows.length - ROWS;
  if (left > 0) body.insertRow().append(cell(`and ${left} more`));
  if (rows.length === 0) body.insertRow().append(cell("Nothing here."));
  host.replaceChildren(table);
}
