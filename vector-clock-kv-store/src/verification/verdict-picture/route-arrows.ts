import { type ArrowPath, arrowPath, BOX, centreOf, LANE, type Point, pointOn, SIDE } from './arrow-path.ts';
import type { PatternLayout, PlacedArrow } from './lay-out-pattern.ts';

/** An arrow with its curve, its words and where these are. */
export type RoutedArrow = PlacedArrow & { path: ArrowPath; text: string; label: Point };

/** How far a curve may leave the straight line, and where on it the label may be. */
const BENDS = [0, 26, -26, 52, -52, 80, -80, 112, -112, 150, -150, 190, -190, 230, -230];
const LABEL_SHARES = [0.5, 0.38, 0.62, 0.28, 0.72];

/** How bad it is to pass behind a box, to leave the picture, or to touch another arrow or label. */
const COST = { box: 12, outside: 12, label: 40, near: 2, bend: 0.02 };

type Rectangle = Point & { width: number; height: number };

/** Chooses a curve for each arrow that passes no box, and a place for its label that touches nothing. */
export function routeArrows(
  { lanes, operations, arrows }: PatternLayout,
  textOf: (arrow: PlacedArrow) => string,
): RoutedArrow[] {
  const boxes = operations.map((operation) => ({ ...centreOf(operation), ...BOX }));
  const labels: Rectangle[] = [];
  const curves: Point[][] = [];
  const right = 2 * SIDE + LANE * lanes.length;
  return arrows.map((arrow) => {
    const text = textOf(arrow);
    const size = { width: 6.4 * text.length, height: 16 };
    let best: { path: ArrowPath; label: Rectangle; points: Point[]; cost: number } | undefined;
    for (const bend of BENDS) {
      const path = arrowPath(arrow.from, arrow.to, bend);
      const points = Array.from({ length: 19 }, (_, index) => pointOn(path, (index + 1) / 20));
      const others = boxes.filter((_box, row) => row !== arrow.from.row && row !== arrow.to.row);
      const curveCost =
        COST.bend * Math.abs(bend) +
        COST.box * count(points, (point) => others.some((box) => isWithin(point, box, 4))) +
        COST.outside * count(points, ({ x }) => x < 4 || x > right - 4) +
        COST.near * count(points, (point) => curves.flat().some((other) => distance(point, other) < 9));
      for (const share of LABEL_SHARES) {
        const label = { ...pointOn(path, share), ...size };
        const isOutside = label.x < size.width / 2 || label.x > right - size.width / 2;
        const cost =
          curveCost +
          (isOutside ? COST.outside : 0) +
          COST.label * count([...boxes, ...labels], (other) => overlap(label, other)) +
          Math.abs(share - 0.5);
        if (best === undefined || cost < best.cost) best = { path, label, points, cost };
      }
    }
    if (best === undefined) throw new Error('there is always a straight arrow');
    labels.push(best.label);
    curves.push(best.points);
    return { ...arrow, path: best.path, text, label: { x: best.label.x, y: best.label.y } };
  });
}

function count<Item>(items: readonly Item[], isBad: (item: Item) => boolean): number {
  return items.filter(isBad).length;
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function isWithin({ x, y }: Point, box: Rectangle, margin: number): boolean {
  return Math.abs(x - box.x) < box.width / 2 + margin && Math.abs(y - box.y) < box.height / 2 + margin;
}

function overlap(one: Rectangle, other: Rectangle): boolean {
  return (
    Math.abs(one.x - other.x) < (one.width + other.width) / 2 &&
    Math.abs(one.y - other.y) < (one.height + other.height) / 2
  );
}
