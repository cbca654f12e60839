import { describe, expect, it } from 'vitest';
import { GridView } from '../../../load_balancer/fleet/grid-view.ts';
import { gridViewOptions } from '../../../load_balancer/fleet/grid-view-options.ts';

const POLL_MS = 1000;

function createView(...ids: string[]): GridView {
  const view = new GridView(gridViewOptions(POLL_MS, POLL_MS));
  for (const id of ids) {
    view.add(id);
    view.polled(id, { load: 0, capacity: 100 }, 0, 0);
  }
  return view;
}

const ids = (view: GridView, now: number) => view.candidates('normal', now).map(({ id }) => id);

describe('GridView', () => {
  it('adds its own dispatches to the polled load', () => {
    const view = createView('a');
    view.sent('a', 22, 10);
    expect(view.describe('a', 10)).toEqual({
      polledLoad: 0,
      ownDispatches: 22,
      load: 22,
      capacity: 100,
      health: 'up',
      ageMs: 10,
    });
  });

  it('adopts the load in every response', () => {
    const view = createView('a');
    view.accepted(view.sent('a', 22, 10), { load: 72, capacity: 100 }, 11);
    expect(view.describe('a', 11)).toMatchObject({ polledLoad: 72, ownDispatches: 0, ageMs: 0 });
    view.refused(view.sent('a', 50, 12), { load: 80, capacity: 100 }, 13);
    expect(view.describe('a', 13)).toMatchObject({ polledLoad: 80, ownDispatches: 0, health: 'up' });
  });

  it('does not adopt the load in a replay', () => {
    const view = createView('a');
    view.accepted(view.sent('a', 22, 10), undefined, 11);
    expect(view.describe('a', 11)).toMatchObject({ polledLoad: 0, ownDispatches: 22 });
  });

  it('counts a request with an unknown outcome until the next poll', () => {
    const view = createView('a');
    view.unresolved(view.sent('a', 22, 10), 20);
    expect(view.describe('a', 20)?.load).toBe(22);
    view.polled('a', { load: 0, capacity: 100 }, 21, 22);
    expect(view.describe('a', 22)?.load).toBe(0);
  });

  it('adopts the load of a restarted, empty substation', () => {
    const view = createView('a');
    view.accepted(view.sent('a', 90, 10), { load: 90, capacity: 100 }, 11);
    view.polled('a', { load: 0, capacity: 100 }, 1000, 1001);
    expect(view.describe('a', 1001)?.load).toBe(0);
  });

  it('ejects a substation after two failures and readmits it with its first response', () => {
    const view = createView('a', 'b');
    expect(view.failed('a', 100)).toBe(false);
    expect(view.failed('a', 200)).toBe(true);
    expect(ids(view, 200)).toEqual(['b']);
    view.polled('a', { load: 0, capacity: 100 }, 1300, 1301);
    view.polled('b', { load: 0, capacity: 100 }, 1300, 1301);
    expect(ids(view, 1301)).toEqual(['a', 'b']);
  });

  it('does not eject after failures with a response in between', () => {
    const view = createView('a');
    view.failed('a', 100);
    view.polled('a', { load: 0, capacity: 100 }, 200, 201);
    expect(view.failed('a', 300)).toBe(false);
  });

  it('doubles the ejection of a repeatedly failing substation up to a limit', () => {
    const view = createView('a', 'b');
    const ejectedFor = (from: number) => {
      view.failed('a', from);
      view.failed('a', from);
      for (let now = from; now < from + 100 * POLL_MS; now += POLL_MS) {
        for (const id of view.ids) view.polled(id, { load: 0, capacity: 100 }, now, now);
        if (ids(view, now).length === 2) return now - from;
      }
      return Number.POSITIVE_INFINITY;
    };
    const lengths: number[] = [];
    let now = 0;
    for (let ejection = 0; ejection < 8; ejection += 1) {
      lengths.push(ejectedFor(now) / POLL_MS);
      now += (lengths.at(-1) ?? 0) * POLL_MS + 1;
    }
    expect(lengths).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  });

  it('resets the length of ejections after ten polls without one', () => {
    const view = createView('a', 'b');
    const healthyFrom = (from: number) => {
      for (let now = from; now <= from + 11 * POLL_MS; now += POLL_MS) {
        for (const id of view.ids) view.polled(id, { load: 0, capacity: 100 }, now, now);
      }
    };
    for (const start of [0, 20_000]) {
      view.failed('a', start);
      view.failed('a', start);
      healthyFrom(start + POLL_MS);
    }
    view.failed('a', 40_000);
    view.failed('a', 40_000);
    view.polled('a', { load: 0, capacity: 100 }, 41_000, 41_000);
    expect(view.describe('a', 41_000)?.health).toBe('up');
  });

  it('ejects a substation without a response for three polls', () => {
    const view = createView('a', 'b');
    view.polled('b', { load: 0, capacity: 100 }, 3000, 3001);
    expect(ids(view, 3001)).toEqual(['b']);
    expect(view.isEjected('a', 3001)).toBe(true);
  });

  it('returns all substations when all are ejected', () => {
    const view = createView('a', 'b');
    for (const id of ['a', 'a', 'b', 'b']) view.failed(id, 100);
    expect(ids(view, 100)).toEqual(['a', 'b']);
  });

  it('leaves out a draining substation even when all others are ejected', () => {
    const view = createView('a', 'b');
    view.draining('a', 10);
    for (const id of ['b', 'b']) view.failed(id, 100);
    expect(ids(view, 100)).toEqual(['b']);
    view.polled('a', { load: 0, capacity: 100, draining: false }, 200, 201);
    expect(ids(view, 201)).toEqual(['a']);
  });

  it('has room for an exact fit despite binary rounding', () => {
    const view = createView('a');
    view.polled('a', { load: 79.9, capacity: 80 }, 1, 2);
    expect(view.hasRoom(0.1, 'normal', 2)).toBe(true);
    expect(view.hasRoom(0.100001, 'normal', 2)).toBe(false);
  });

  it('keeps the reserve for high priority', () => {
    const view = createView('a');
    view.polled('a', { load: 0, capacity: 100, reserve: 30 }, 1, 2);
    view.refused(view.sent('a', 50, 3), { load: 60, capacity: 100 }, 4);
    expect(view.candidates('normal', 4)).toEqual([{ id: 'a', load: 60, capacity: 70, reportedAt: 3 }]);
    expect(view.candidates('high', 4)).toEqual([{ id: 'a', load: 60, capacity: 100, reportedAt: 3 }]);
    expect(view.hasRoomWhenEmpty(90, 'normal', 4)).toBe(false);
    expect(view.hasRoomWhenEmpty(90, 'high', 4)).toBe(true);
  });

  it('knows a substation to be full only from a report requested since', () => {
    const view = createView('a');
    view.refused(view.sent('a', 50, 10), { load: 60, capacity: 100 }, 12);
    expect(view.knownFull('a', 50, 'normal', 9)).toMatchObject({ load: 60 });
    expect(view.knownFull('a', 50, 'normal', 10)).toBeUndefined();
    expect(view.knownFull('a', 40, 'normal', 9)).toBeUndefined();
  });

  it('offers a new substation before its first poll, with unknown capacity', () => {
    const view = createView();
    view.add('new');
    const reportedAt = Number.NEGATIVE_INFINITY;
    expect(view.candidates('normal', 0)).toEqual([{ id: 'new', load: 0, capacity: 0, reportedAt }]);
    expect(view.describe('new', 0)).toMatchObject({
      health: 'unknown',
      capacity: undefined,
      ageMs: undefined,
    });
  });

  it('ignores late responses of a removed substation', () => {
    const view = createView('a', 'b');
    const sent = view.sent('a', 22, 1);
    view.remove('a');
    view.accepted(sent, { load: 22, capacity: 100 }, 2);
    view.polled('a', { load: 22, capacity: 100 }, 3, 4);
    expect(view.ids).toEqual(['b']);
    expect(view.describe('a', 4)).toBeUndefined();
  });
});
