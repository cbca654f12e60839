import { describe, expect, it } from 'vitest';
import type { Lineage } from '../../src/causality/lineage.ts';
import { ClaimRegistry } from '../../src/membership/claim-registry.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';

const first: Lineage = [{ life: 'aaaaaaaa', id: 'node2', from: 0 }];
const second: Lineage = [...first, { life: 'bbbbbbbb', id: 'node2', from: 3 }];

describe('a record of a peer', () => {
  it('is that of a witness until the data here is in doubt, and again once the peer is heard', async () => {
    const storage = new MemoryStorage();
    const registry = new ClaimRegistry(storage);
    expect(registry.isWitness('node2')).toBe(false);
    await registry.record('node2', first);
    expect(registry.isWitness('node2')).toBe(true);
    await registry.doubt();
    expect(registry.isWitness('node2')).toBe(false);
    await registry.record('node2', first);
    expect(registry.isWitness('node2')).toBe(true);
  });

  it('stays doubted after a restart, and does not show that to others', async () => {
    const storage = new MemoryStorage();
    const before = new ClaimRegistry(storage);
    await before.record('node2', second);
    await before.doubt();
    const registry = new ClaimRegistry(storage);
    expect(registry.isWitness('node2')).toBe(false);
    expect(registry.of('node2')).toEqual(second);
  });

  it('stays doubted when only an earlier life of the peer is heard', async () => {
    const registry = new ClaimRegistry(new MemoryStorage());
    await registry.record('node2', second);
    await registry.doubt();
    await registry.record('node2', first);
    expect(registry.isWitness('node2')).toBe(false);
    expect(registry.of('node2')).toEqual(second);
  });
});
