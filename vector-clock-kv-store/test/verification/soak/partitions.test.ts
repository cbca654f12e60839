import { describe, expect, it } from 'vitest';
import { Partitions } from '../../../src/verification/soak/partitions.ts';
import type { FaultRequest } from '../../../src/verification/workload/node-api.ts';

/** Three nodes that forget their cuts when they restart, as processes do. */
function cluster() {
  const names = ['node1', 'node2', 'node3'];
  const cuts = new Map(names.map((name) => [name, new Set<string>()]));
  const down = new Set<string>();
  /** How many requests the nodes still refuse, because they start. */
  let starting = 0;
  const partitions = new Partitions(
    { names, url: (name) => name, isAwake: (name) => !down.has(name) },
    {
      async tryFault(name: string, { peer, action }: FaultRequest) {
        if (down.has(name) || starting-- > 0) return false;
        if (action === 'cut') cuts.get(name)?.add(peer);
        else cuts.get(name)?.delete(peer);
        return true;
      },
      admit: async () => {},
      expel: async () => {},
      removedMembers: async () => [],
    },
  );
  return {
    partitions,
    cutsOf: (name: string) => [...(cuts.get(name) ?? [])].sort(),
    stop(name: string) {
      down.add(name);
      cuts.get(name)?.clear();
    },
    start(name: string, refused = 0) {
      down.delete(name);
      starting = refused;
      return partitions.cutAgain(name);
    },
  };
}

describe('a node that restarts while it is cut off', () => {
  it('is cut off again, as soon as it answers', async () => {
    const { cutsOf, partitions, start, stop } = cluster();
    await partitions.disconnect('node1');
    stop('node1');
    await start('node1', 3);
    expect(cutsOf('node1')).toEqual(['node2', 'node3']);
    await partitions.reconnect('node1');
    expect(['node1', 'node2', 'node3'].map(cutsOf)).toEqual([[], [], []]);
    stop('node1');
    await start('node1');
    expect(cutsOf('node1')).toEqual([]);
  });

  it('is cut off from a node that was down when the partition began', async () => {
    const { cutsOf, partitions, start, stop } = cluster();
    stop('node2');
    await partitions.disconnect('node1');
    await start('node2');
    expect(cutsOf('node2')).toEqual(['node1']);
  });

  it('leaves no cut behind if it does not run itself', async () => {
    const { cutsOf, partitions, start, stop } = cluster();
    stop('node1');
    expect(await partitions.disconnect('node1')).toBe(false);
    await start('node1');
    expect(['node1', 'node2', 'node3'].map(cutsOf)).toEqual([[], [], []]);
  });
});
