type Point = { x: number; y: number };

/** The picture's size, in its own units. */
export const SIZE = { width: 320, height: 184 };

/** The nodes' distance from the middle, and how close a line comes to a node and to the line in the other direction. */
const RADIUS = { x: 118, y: 74 };
const NODE_GAP = 27;
const LINE_GAP = 6;

/** Where the handle of a link is, from its sender on: nearer to it, so that both directions have room. */
const HANDLE_AT = 0.32;

/** Places nodes around the middle, the first at the top left for two and at the top otherwise. */
export function placeNodes(names: readonly string[]): Map<string, Point> {
  const start = names.length === 2 ? Math.PI : -Math.PI / 2;
  const points = names.map((_name, index) => {
    const angle = start + (2 * Math.PI * index) / Math.max(1, names.length);
    return { x: RADIUS.x * Math.cos(angle), y: RADIUS.y * Math.sin(angle) };
  });
  const heights = points.map(({ y }) => y);
  // The middle of what is drawn: a triangle reaches further up than down.
  const middle = names.length === 0 ? 0 : (Math.min(...heights) + Math.max(...heights)) / 2;
  return new Map(
    points.map(({ x, y }, index) => [
      names[index] ?? '',
      { x: SIZE.width / 2 + x, y: SIZE.height / 2 + y - middle },
    ]),
  );
}

/** Places the line of a link beside that of the other direction, and its handle on it. `angle` is in degrees. */
export function placeLink(
  from: Point,
  to: Point,
): { tail: Point; head: Point; handle: Point; angle: number } {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const at = (distance: number): Point => ({
    x: from.x + dx * distance - dy * LINE_GAP,
    y: from.y + dy * distance + dx * LINE_GAP,
  });
  return {
    tail: at(NODE_GAP),
    head: at(length - NODE_GAP),
    handle: at(NODE_GAP + (length - 2 * NODE_GAP) * HANDLE_AT),
    angle: (Math.atan2(dy, dx) * 180) / Math.PI,
  };
}
