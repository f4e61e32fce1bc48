import { describe, formatBytes } from "./format.ts";
import { type Rectangle, squarify } from "./squarify.ts";
import type { Matches, TreeNode } from "./tree.ts";

const HEADER = 20;
const PADDING = 2;
/** Smaller boxes, in CSS pixels, show nothing and cost time. */
const SMALLEST = 3;

/** What a view needs to know, and whom to tell. */
export interface ViewState {
  readonly node: TreeNode;
  /** `null` without a search. */
  readonly matches: Matches | null;
  readonly open: (node: TreeNode) => void;
  readonly show: (node: TreeNode) => void;
}

/** A colour by name: the same package looks the same in every function. */
function hueOf(node: TreeNode): number {
  const named =
    node.kind === "function" || node.parent === null || node.parent.kind === "function" ? node : node.parent;
  let hash = 7;
  for (const character of named.name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return hash;
}

function box(node: TreeNode, at: Rectangle, state: ViewState): HTMLElement {
  const element = document.createElement("div");
  element.className = `box ${node.kind}`;
  element.style.left = `${at.x}px`;
  element.style.top = `${at.y}px`;
  element.style.width = `${at.width}px`;
  element.style.height = `${at.height}px`;
  element.style.setProperty("--hue", String(hueOf(node)));
  if (state.matches !== null) element.classList.add(state.matches.lit.has(node) ? "lit" : "dim");
  element.addEventListener("mouseover", (event) => {
    event.stopPropagation();
    state.show(node);
  });
  return element;
}

function caption(node: TreeNode, at: Rectangle): HTMLElement | null {
  if (at.width < 34 || at.height < 14) return null;
  const text = document.createElement("span");
  text.className = "caption";
  // A module's folders are the same as its neighbours'.
  const short = node.zip === null ? node.name.slice(node.name.lastIndexOf("/") + 1) : node.name;
  text.textContent = at.width > 150 ? `${node.name} ${formatBytes(node.bytes)}` : short;
  return text;
}

/** The boxes one level deeper: to look at; the one around them is what is opened. */
function fill(parent: HTMLElement, node: TreeNode, at: Rectangle, state: ViewState): void {
  const room = {
    x: PADDING,
    y: HEADER,
    width: at.width - 2 * PADDING - 2,
    height: at.height - HEADER - PADDING - 2,
  };
  if (room.width < 12 || room.height < 12) return;
  const rectangles = squarify(
    node.children.map(({ bytes }) => bytes),
    room,
  );
  for (const [index, child] of node.children.entries()) {
    const inner = rectangles[index];
    if (inner === undefined || inner.width < SMALLEST || inner.height < SMALLEST) continue;
    const element = box(child, inner, state);
    const text = caption(child, inner);
    if (text !== null) element.append(text);
    parent.append(element);
  }
}

/** Draws what is in the node as boxes, each with what is in it. */
export function drawMap(host: HTMLElement, state: ViewState): void {
  const { node } = state;
  const area = { x: 0, y: 0, width: host.clientWidth, height: host.clientHeight };
  const inside = node.children.length > 0 ? node.children : [node];
  const rectangles = squarify(
    inside.map(({ bytes }) => bytes),
    area,
  );
  const elements = inside.flatMap((child, index) => {
    const at = rectangles[index];
    if (at === undefined || at.width < SMALLEST || at.height < SMALLEST) return [];
    const element = box(child, at, state);
    element.tabIndex = 0;
    element.setAttribute("role", child.children.length > 0 ? "button" : "img");
    element.setAttribute("aria-label", describe(child));
    element.addEventListener("focus", () => state.show(child));
    const text = caption(child, at);
    if (text !== null) element.append(text);
    if (child.children.length > 0) {
      element.classList.add("opens");
      element.addEventListener("click", () => state.open(child));
      element.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        state.open(child);
      });
      fill(element, child, at, state);
    }
    return [element];
  });
  host.replaceChildren(...elements);
}

/** Moves the focus among the boxes by the arrow keys, the next in size or the one before. */
export function moveFocus(host: HTMLElement, step: 1 | -1): void {
  const boxes = [...host.children].filter((child) => child instanceof HTMLElement);
  const at = boxes.indexOf(document.activeElement as HTMLElement);
  boxes[at === -1 ? 0 : (at + step + boxes.length) % boxes.length]?.focus();
}
