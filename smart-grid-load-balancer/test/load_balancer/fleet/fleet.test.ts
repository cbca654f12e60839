import { describe, expect, it } from 'vitest';
import { createFleet, POLL_INTERVAL_MS } from '../../support/fleet.ts';

describe('Fleet', () => {
  it('polls a substation at once and then once per interval', async () => {
    const { clock, fleet, polled, reports, settle, view } = createFleet();
    reports.set('http://a', { load: 30 });
    fleet.add({ id: 'a', url: 'http://a' });
    expect(fleet.allPolled).toBe(false);
    await settle();
    expect(fleet.allPolled).toBe(true);
    expect(view.describe('a', 0)).toMatchObject({ polledLoad: 30, health: 'up' });
    reports.set('http://a', { load: 40 });
    await clock.advanceAsync(POLL_INTERVAL_MS);
    expect(view.describe('a', 1000)?.polledLoad).toBe(40);
    expect(polled).toHaveLength(2);
  });

  it('ejects a substation after two failed polls, and reports that once', async () => {
    const { clock, fleet, onEjection, view } = createFleet();
    fleet.add({ id: 'a', url: 'http://a' });
    for (let polls = 0; polls < 5; polls += 1) await clock.advanceAsync(POLL_INTERVAL_MS);
    expect(view.describe('a', 5000)?.health).toBe('ejected');
    expect(onEjection).toHaveBeenCalledTimes(1);
  });

  it('polls other substations while one does not respond', async () => {
    const { fleet, reports, settle, transport, view } = createFleet();
    const { report } = transport;
    transport.report = (member) => (member.id === 'slow' ? new Promise(() => {}) : report(member));
    reports.set('http://b', { load: 5 });
    fleet.add({ id: 'slow', url: 'http://slow' });
    fleet.add({ id: 'b', url: 'http://b' });
    await settle();
    expect(view.describe('b', 0)?.polledLoad).toBe(5);
  });

  it('stops polling a removed substation and ignores a poll in progress', async () => {
    const { clock, fleet, polled, reports, view } = createFleet();
    reports.set('http://a', { load: 30 });
    fleet.add({ id: 'a', url: 'http://a' });
    expect(fleet.remove('a')).toBe(true);
    expect(fleet.remove('a')).toBe(false);
    await clock.advanceAsync(POLL_INTERVAL_MS);
    expect(polled).toHaveLength(1);
    expect(view.ids).toEqual([]);
  });

  it('discards what it knows of a substation whose URL changes', async () => {
    const { fleet, reports, settle, view } = createFleet();
    reports.set('http://a', { load: 30 });
    fleet.add({ id: 'a', url: 'http://a' });
    await settle();
    fleet.add({ id: 'a', url: 'http://elsewhere' });
    expect(view.describe('a', 0)).toMatchObject({ polledLoad: undefined, health: 'unknown' });
  });

  it('finds a substation by its id or the name in its metrics', async () => {
    const { fleet, reports, settle } = createFleet();
    reports.set('http://a', { name: 'station-7' });
    fleet.add({ id: 'a', url: 'http://a' });
    await settle();
    expect(fleet.findByName('station-7')).toEqual([{ id: 'a', url: 'http://a' }]);
    expect(fleet.findByName('a')).toHaveLength(1);
    expect(fleet.findByName('other')).toEqual([]);
  });
});
