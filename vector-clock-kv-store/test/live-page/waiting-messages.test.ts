import { describe, expect, it } from 'vitest';
import type { ClusterMember } from '../../src/live/node-view.ts';
import { waitingMessages } from '../../src/live-page/waiting-messages.ts';

const x = { node: 'node1', counter: 1, key: 'x', value: '1' };

function member(
  name: string,
  clock: Record<string, number>,
  held: Record<string, (typeof x)[]> = {},
  buffered: (typeof x)[] = [],
): ClusterMember {
  const links = ['node1', 'node2', 'node3']
    .filter((peer) => peer !== name)
    .map((peer) => ({ peer, faults: [], held: held[peer] ?? [] }));
  const waits = buffered.map((write) => ({ write, missing: { node: 'node2', counter: 1 }, has: 0 }));
  return {
    name,
    view: {
      ...{ node: name, clock_id: name, status: 'ok', clock, members: [], keys: [], more_keys: false },
      ...{ buffered: waits, buffer_size: waits.length, links },
    },
  };
}

describe('waitingMessages', () => {
  it('lists what held links keep back', () => {
    const nodes = [
      member('node1', { node1: 1 }, { node2: [x], node3: [x] }),
      member('node2', {}),
      member('node3', {}),
    ];
    expect(waitingMessages(nodes).map(({ from, to }) => [from, to])).toEqual([
      ['node1', 'node2'],
      ['node1', 'node3'],
    ]);
  });

  it('leaves out what has arrived on another way, be it delivered or buffered', () => {
    const sender = member('node1', { node1: 1 }, { node2: [x], node3: [x] });
    expect(waitingMessages([sender, member('node2', { node1: 1 }), member('node3', {}, {}, [x])])).toEqual(
      [],
    );
  });

  it('lists a copy by another node only if the writer’s own message does not wait', () => {
    const copy = member('node2', { node1: 1 }, { node3: [x] });
    const own = member('node1', { node1: 1 }, { node3: [x] });
    const receiver = member('node3', {});
    expect(waitingMessages([own, copy, receiver]).map(({ from }) => from)).toEqual(['node1']);
    expect(waitingMessages([member('node1', { node1: 1 }), copy, receiver]).map(({ from }) => from)).toEqual([
      'node2',
    ]);
  });
});
