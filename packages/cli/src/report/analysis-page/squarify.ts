export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How far from a square the worst rectangle of a row is, whose weights come to `sum` and which is laid along `side`. */
function worst(largest: number, smallest: number, sum: number, side: number): number {
  return Math.max((side * side * largest) / (sum * sum), (sum * sum) / (side * side * smallest));
}

/** How many weights from `start` on make a row whose rectangles are as square as can be. */
function rowLength(areas: readonly number[], start: number, side: number): number {
  const largest = areas[start] ?? 0;
  let sum = largest;
  let ratio = worst(largest, largest, sum, side);
  let end = start + 1;
  for (; end < areas.length; end += 1) {
    const area = areas[end] ?? 0;
    const next = worst(largest, area, sum + area, side);
    if (area <= 0 || next > ratio) break;
    sum += area;
    ratio = next;
  }
  return end - start;
}

/**
 * Lays out rectangles of areas in proportion to `weights` in `area` (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000).
 *
 * @param weights - descending; what has none gets no area
 * @returns one rectangle for each weight
 */
export function squarify(weights: readonly number[], area: Rectangle): Rectangle[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scale = total > 0 ? (area.width * area.height) / total : 0;
  const areas = weights.map((weight) => weight * scale);
  const rectangles: Rectangle[] = [];
  let { x, y, width, height } = area;
  while (rectangles.length < areas.length) {
    const start = rectangles.length;
    const side = Math.min(width, height);
    if ((areas[start] ?? 0) <= 0 || side <= 0) {
      rectangles.push({ x, y, width: 0, height: 0 });
      continue;
    }
    const row = areas.slice(start, start + rowLength(areas, start, side));
    const thickness = row.reduce((sum, each) => sum + each, 0) / side;
    let at = 0;
    for (const each of row) {
      const length = each / thickness;
      rectangles.push(
        width < height
          ? { x: x + at, y, width: length, height: thickness }
          : { x, y: y + at, width: thickness, height: length },
      );
      at += length;
    }
    if (width < height) {
      y += thickness;
      height = Math.max(0, height - thickness);
    } else {
      x += thickness;
      width = Math.max(0, width - thickness);
    }
  }
  return rectangles;
}
