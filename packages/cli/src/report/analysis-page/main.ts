import { describe, formatBytes } from "./format.ts";
import { drawMap, moveFocus, type ViewState } from "./map-view.ts";
import type { PageData } from "./page-data.ts";
import { drawTable } from "./table-view.ts";
import { buildTree, type Matches, pathTo, sameIn, search, type TreeNode } from "./tree.ts";

function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${id}.`);
  return found;
}

const view = element("view", HTMLElement);
const crumbs = element("crumbs", HTMLElement);
const status = element("status", HTMLElement);
const chooser = element("function", HTMLSelectElement);
const finder = element("search", HTMLInputElement);
const maps = element("maps", HTMLInputElement);
const asTable = element("table", HTMLInputElement);

const data = JSON.parse(element("data", HTMLElement).textContent ?? "") as PageData;
let root = buildTree(data, maps.checked);
let current: TreeNode = startOf(root);

/** One function needs no box around it. */
function startOf(tree: TreeNode): TreeNode {
  const [only, second] = tree.children;
  return only !== undefined && second === undefined ? only : tree;
}

function drawCrumbs(): void {
  const path = pathTo(current);
  const items = path.map((node, index) => {
    const item = document.createElement("li");
    if (index === path.length - 1) {
      item.textContent = node.name;
      item.setAttribute("aria-current", "page");
      return item;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = node.name;
    button.addEventListener("click", () => open(node));
    item.append(button);
    return item;
  });
  crumbs.replaceChildren(...items);
}

function draw(): void {
  const matches = finder.value.trim() === "" ? null : search(root, finder.value);
  const state: ViewState = {
    node: current,
    matches,
    open,
    show: (node) => {
      status.textContent = describe(node);
    },
  };
  // What stands above the view decides on its height: it comes first.
  drawCrumbs();
  chooser.value = String(root.children.indexOf(pathTo(current)[1] ?? root));
  status.textContent = matches === null ? describe(current) : foundText(matches);
  view.classList.toggle("map", !asTable.checked);
  (asTable.checked ? drawTable : drawMap)(view, state);
}

function foundText(matches: Matches): string {
  const here = matches.found.filter((node) => pathTo(node).includes(current));
  const bytes = here.reduce((sum, node) => sum + node.bytes, 0);
  return `${here.length} found in ${current.name}, ${formatBytes(bytes)}`;
}

function open(node: TreeNode): void {
  current = node;
  draw();
  if (!asTable.checked && document.activeElement === document.body) moveFocus(view, 1);
}

function fillChooser(): void {
  const options = root.children.map((child, index) => new Option(child.name, String(index)));
  chooser.replaceChildren(new Option("All functions", "-1"), ...options);
}

chooser.addEventListener("change", () => open(root.children[Number(chooser.value)] ?? root));
/** Typing waits for no drawing of hundreds of functions. */
let pending = 0;
finder.addEventListener("input", () => {
  clearTimeout(pending);
  pending = setTimeout(draw, 120);
});
asTable.addEventListener("change", draw);
maps.addEventListener("change", () => {
  root = buildTree(data, maps.checked);
  current = sameIn(root, current);
  fillChooser();
  draw();
});
addEventListener("resize", draw);
addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement && event.target.type === "search";
  if (event.key === "Escape" && typing && finder.value !== "") return;
  if (event.key === "Escape" && current.parent !== null) open(current.parent);
  if (typing || event.target instanceof HTMLSelectElement) return;
  if (event.key === "/") {
    event.preventDefault();
    finder.focus();
  }
  if (asTable.checked) return;
  if (event.key === "ArrowRight" || event.key === "ArrowDown") moveFocus(view, 1);
  if (event.key === "ArrowLeft" || event.key === "ArrowUp") moveFocus(view, -1);
});

fillChooser();
draw();
