import { describe, expect, it } from 'vitest';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { simulate } from '../../src/verification/simulation/simulate.ts';
import { bareNode } from '../support/bare-node.ts';

/** A disk that is asked to keep writes and never says that it has. */
class StuckStorage extends MemoryStorage {
  override commit(): Promise<void> {
    return new Promise(() => {});
  }
}

describe('what a node says that it has heard of', () => {
  it('counts a write that is still on its way to storage, so that whoever made it takes no old name', async () => {
    const node = bareNode({ storage: new StuckStorage() });
    await node.start();
    void node.store?.receive([{ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } }]);
    expect(node.clock).toEqual({});
    expect(node.heardOf()).toEqual({ node2: 1 });
  });

  it('keeps a wiped node from numbering a write again in a schedule in which it once did', async () => {
    expect((await simulate(116_316)).findings).toEqual([]);
  });
});
