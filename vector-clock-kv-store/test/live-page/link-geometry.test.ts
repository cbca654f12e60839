import { describe, expect, it } from 'vitest';
import { placeLink, placeNodes, SIZE } from '../../src/live-page/link-geometry.ts';

const names = (count: number) => Array.from({ length: count }, (_none, index) => `node${index + 1}`);

describe('the map of links', () => {
  it.each([2, 3, 5, 8])('has room for %i nodes', (count) => {
    for (const { x, y } of placeNodes(names(count)).values()) {
      expect(x).toBeGreaterThan(30);
      expect(x).toBeLessThan(SIZE.width - 30);
      expect(y).toBeGreaterThan(10);
      expect(y).toBeLessThan(SIZE.height - 10);
    }
  });

  it.each([2, 3, 4])('keeps the handles of %i nodes far enough apart to be hit', (count) => {
    const places = [...placeNodes(names(count)).values()];
    const handles = places.flatMap((from) =>
      places.filter((to) => to !== from).map((to) => placeLink(from, to).handle),
    );
    for (const [index, one] of handles.entries())
      for (const other of handles.slice(index + 1))
        expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(24);
  });
});
