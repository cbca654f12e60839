import { describe, expect, it } from 'vitest';
import { afterServerEvent, emptyModel, eventsAfter, keyOf } from '../../src/live-page/model.ts';
import type { TracedEvent } from '../../src/trace/event.ts';

const start = (host: string, number: number, at = number): TracedEvent => ({
  kind: 'start',
  host,
  at,
  clock: { [host]: number },
});

const arrive = (model: typeof emptyModel, events: readonly TracedEvent[]) =>
  afterServerEvent(model, { event: 'events', data: JSON.stringify(events) });

describe('afterServerEvent', () => {
  it('adds each event once, by time', () => {
    const model = arrive(arrive(emptyModel, [start('a', 2), start('a', 1)]), [
      start('a', 2),
      start('b', 1, 1.5),
    ]);
    expect(model.events.map(keyOf)).toEqual(['1@a', '1@b', '2@a']);
  });

  it('keeps the latest events only', () => {
    const model = arrive(
      emptyModel,
      Array.from({ length: 1_000 }, (_none, index) => start('a', index + 1)),
    );
    expect(model.events).toHaveLength(400);
    expect(model.events.at(-1)).toEqual(start('a', 1_000));
  });

  it('takes over what the node says of the cluster, and nothing unknown', () => {
    const cluster = { self: 'node1', nodes: [{ name: 'node1' }] };
    const model = afterServerEvent(emptyModel, { event: 'cluster', data: JSON.stringify(cluster) });
    expect(model).toEqual({ ...cluster, events: [] });
    expect(afterServerEvent(model, { event: 'later', data: 'x' })).toBe(model);
  });
});

describe('eventsAfter', () => {
  it('leaves out the events that were there when the diagram was cleared', () => {
    const events = [start('a', 1), start('a', 2)];
    expect(eventsAfter(events, new Set(['1@a']))).toEqual([start('a', 2)]);
  });
});
