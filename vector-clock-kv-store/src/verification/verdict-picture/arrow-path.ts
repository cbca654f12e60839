/** In the picture's own units, which are pixels at its natural size. */
export const LANE = 160;
export const ROW = 100;
export const BOX = { width: 138, height: 58 };

/** Room for the names of the lanes, and for arrows that pass outside of them. */
export const TOP = 62;
export const SIDE = 64;

export type Point = { x: number; y: number };
type Place = { lane: number; row: number };

/** An arrow as a quadratic curve between the edges of two boxes. */
export type ArrowPath = { tail: Point; control: Point; tip: Point };

/** The centre of an operation's box. */
export function centreOf({ lane, row }: Place): Point {
  return { x: SIDE + LANE * (lane + 0.5), y: TOP + BOX.height / 2 + row * ROW };
}

/**
 * Returns the curve from one box to another.
 *
 * @param bend how far it leaves the straight line at its middle, to one side or, if negative, to the other
 */
export function arrowPath(from: Place, to: Place, bend: number): ArrowPath {
  const [start, end] = [centreOf(from), centreOf(to)];
  const length = Math.hypot(end.x - start.x, end.y - start.y) || 1;
  // The control point of a quadratic curve is twice as far out as the curve.
  const control = {
    x: (start.x + end.x) / 2 + ((end.y - start.y) / length) * 2 * bend,
    y: (start.y + end.y) / 2 - ((end.x - start.x) / length) * 2 * bend,
  };
  return { tail: edgeTowards(start, control), control, tip: edgeTowards(end, control) };
}

/** The point of a curve at a share of its way. */
export function pointOn({ tail, control, tip }: ArrowPath, share: number): Point {
  const [first, middle, last] = [(1 - share) ** 2, 2 * share * (1 - share), share ** 2];
  return {
    x: Math.round(first * tail.x + middle * control.x + last * tip.x),
    y: Math.round(first * tail.y + middle * control.y + last * tip.y),
  };
}

/** Formats a curve as SVG. */
export function formatPath({ tail, control, tip }: ArrowPath): string {
  const at = ({ x, y }: Point) => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
  return `M${at(tail)}Q${at(control)} ${at(tip)}`;
}

/** Where the line from the centre of a box to a point leaves the box. */
function edgeTowards(centre: Point, point: Point): Point {
  const [dx, dy] = [point.x - centre.x, point.y - centre.y];
  const scale = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : BOX.width / 2 / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : BOX.height / 2 / Math.abs(dy),
  );
  return Number.isFinite(scale) ? { x: centre.x + dx * scale, y: centre.y + dy * scale } : centre;
}
