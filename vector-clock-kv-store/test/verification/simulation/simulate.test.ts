import { describe, expect, it } from 'vitest';
import { dotOf } from '../../../src/causality/write.ts';
import type { Transport } from '../../../src/replication/transport.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { runSimulations } from '../../../src/verification/simulation/run-simulations.ts';
import { type Alterations, simulate } from '../../../src/verification/simulation/simulate.ts';

describe('the cluster on simulated time, network and disks', () => {
  it('keeps every promise through 300 schedules of crashes, cuts, pauses, wipes and faulty links', async () => {
    const { failed, schedules, operations, strikes } = await runSimulations({ schedules: 300, seed: 1 });
    expect(failed).toEqual([]);
    expect(schedules).toBe(300);
    expect(operations).toBeGreaterThan(300 * 20);
    for (const kind of [
      'kill',
      'wipe',
      'pause',
      'cut',
      'hold',
      'drop',
      'duplicate',
      'reorder',
      'delay',
    ] as const)
      expect(strikes[kind], kind).toBeGreaterThan(10);
  });

  it('runs one and the same way for one seed, to the last operation', async () => {
    const [first, second] = [await simulate(7), await simulate(7)];
    expect(first.history.sessions.flatMap(({ operations }) => operations).length).toBeGreaterThan(0);
    expect(second).toEqual(first);
  });

  it('runs another way for another seed', async () => {
    const [first, second] = [await simulate(7), await simulate(8)];
    expect(second.history).not.toEqual(first.history);
  });
});

/** Everything a storage does, but `changes`. */
function altered(storage: Storage, changes: Partial<Storage>): Storage {
  return new Proxy(storage, {
    get(target, name) {
      const changed: unknown = Reflect.get(changes, name);
      if (changed !== undefined) return changed;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

const acknowledgesBeforeFlushing: Alterations = {
  alterStorage: (storage) =>
    altered(storage, {
      async commit(writes) {
        void storage.commit(writes);
      },
    }),
};

const takesItsOldNameOnAnEmptyDisk: Alterations = {
  alterStorage: (storage, name) =>
    storage.identity === undefined ? altered(storage, { identity: { id: name, caughtUp: true } }) : storage,
};

/** Whoever receives it delivers it after nothing but its sender's own earlier writes. */
const sendsNoDependencies: Alterations = {
  alterTransport: (transport: Transport): Transport => ({
    replicate: (writes) =>
      transport.replicate(
        writes.map((write) => ({ ...write, vc: { [write.sender]: dotOf(write).counter } })),
      ),
    heartbeat: () => transport.heartbeat(),
    join: (member) => transport.join(member),
    snapshot: (mark) => transport.snapshot(mark),
  }),
};

describe('a cluster that is broken on purpose', () => {
  /** All that 60 schedules find, one finding a line. */
  async function findings(alterations: Alterations): Promise<string> {
    const { failed } = await runSimulations({ schedules: 60, seed: 1, alterations });
    return failed.flatMap((result) => result.findings).join('\n');
  }

  it('is convicted of numbering anew what it lost when it acknowledges writes before they are flushed', async () => {
    const found = await findings(acknowledgesBeforeFlushing);
    expect(found).toMatch(/write \d+@node\d is both/);
    expect(found).toMatch(/client\d#\d+ of k\d .*share one clock/);
  });

  it('is convicted of naming two writes alike when it keeps its name without its disk', async () => {
    expect(await findings(takesItsOldNameOnAnEmptyDisk)).toMatch(/write \d+@node\d is both/);
  });

  it('is convicted of a causal violation when its messages do not say what they depend on', async () => {
    expect(await findings(sendsNoDependencies)).toMatch(/WriteCORead|WriteCOInitRead|CyclicCF/);
  });
});
