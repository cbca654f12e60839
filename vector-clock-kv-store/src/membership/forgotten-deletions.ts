import type { Logger } from '@gridclock/service-kit';
import { nameOf } from '../causality/node-id.ts';
import {
  clockSum,
  counterOf,
  descends,
  pointwiseMin,
  type VectorClock,
  zeroClock,
} from '../causality/vector-clock.ts';
import { dotOf, type Write } from '../causality/write.ts';
import type { Forgetting } from '../replication/log-compactor.ts';
import { MEMBERS_KEY, type Storage } from '../storage/storage.ts';
import type { CausalStore } from '../store/causal-store.ts';
import type { MemberDirectory } from './member-directory.ts';

/*
 * Deletions are kept while a removed node may return: its writes may be concurrent to them, and would show what was
 * deleted. There is a limit to how many. Beyond, the records of the removed nodes first state the clock that their data
 * must include from then on, and the deletions up to it go once every member has these records. A node that returns
 * with older data replaces it by a member's, and makes its own unknown writes again: they follow the deletions then.
 */

type ForgettingOptions = {
  directory: Pick<
    MemberDirectory,
    'peers' | 'removed' | 'forgettable' | 'recordsClock' | 'recordsWithForgotten'
  >;
  /** Whether a member counts in the settled clock already: one that has just been admitted again does not. */
  isCounted: (name: string) => boolean;
  storage: Pick<Storage, 'retired'>;
  store: Pick<CausalStore, 'put'>;
  /** Whether members may live that this node does not know, because its data may be an earlier copy. */
  mayHaveUnlistedMembers: () => boolean;
  logger: Logger;
};

/** Decides which deletions a cluster with removed nodes may forget. */
export function forgettingFor(options: ForgettingOptions): Forgetting {
  const { directory, storage, store, logger } = options;
  const known = (settled: VectorClock) => descends(settled, directory.recordsClock);
  return {
    mayReturn: () =>
      directory.removed.length > 0 ||
      directory.peers.some(({ id }) => !options.isCounted(id)) ||
      options.mayHaveUnlistedMembers(),
    allowed(settled) {
      if (directory.removed.length === 0) return settled;
      return known(settled)
        ? pointwiseMin(settled, storage.retired.expand(directory.forgettable))
        : zeroClock;
    },
    async request(settled) {
      if (directory.removed.length === 0) return;
      // Until all members know the last records, the next ones would only repeat them.
      if (!known(settled)) return;
      await store.put(MEMBERS_KEY, directory.recordsWithForgotten(storage.retired.compact(settled)));
      logger.warn(
        { removed: directory.removed },
        'forgetting deletions that were kept for removed nodes; such a node will replace its data when it returns',
      );
    },
  };
}

/** Reports whether a node's data may hold writes that are concurrent to forgotten deletions. */
export function isOutdated(
  { clock, retired }: Pick<Storage, 'clock' | 'retired'>,
  needs: VectorClock | undefined,
): boolean {
  return needs !== undefined && clockSum(clock) > 0 && !descends(clock, retired.expand(needs));
}

/** Finds a write that a node with outdated data sent, and that is not delivered yet. */
export function outdatedAmong(
  writes: readonly Write[],
  { clock, retired }: Pick<Storage, 'clock' | 'retired'>,
  needs: VectorClock | undefined,
): Write | undefined {
  if (needs === undefined) return undefined;
  const expanded = retired.expand(needs);
  return writes.find(
    (write) =>
      dotOf(write).counter > counterOf(clock, write.sender) && !descends(retired.expand(write.vc), expanded),
  );
}

/** Says why a node with outdated data replaces it. @param id the id whose later writes only the node itself has */
export function outdatedReason(id: string, peer: string): string {
  return `the data of ${nameOf(id)} is older than deletions that ${peer} has forgotten since its removal`;
}
