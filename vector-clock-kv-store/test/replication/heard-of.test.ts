import { describe, expect, it } from 'vitest';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { simulate } from '../../src/verification/simulation/simulate.ts';
import { createNode } from '../support/create-node.ts';

/** Never completes a commit. */
class StuckStorage extends MemoryStorage {
  override commit(): Promise<void> {
    return new Promise(() => {});
  }
}

describe('heardOf', () => {
  it('includes a write that is not stored yet, so that its sender cannot reuse its id', async () => {
    const node = createNode({ storage: new StuckStorage() });
    await node.start();
    void node.store?.receive([{ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } }]);
    expect(node.clock).toEqual({});
    expect(node.heardOf()).toEqual({ node2: 1 });
  });

  it('prevents a wiped node from reusing a counter (seed of a past failure)', async () => {
    expect((await simulate(116_316)).findings).toEqual([]);
  });
});
