import type { ReceiptStatus, Replica } from '../causality/replica.ts';
import type { Retirements } from '../causality/retirements.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { IdRoom, isNewcomer, type LiveIds } from '../retirement/id-room.ts';
import type { StoreObserver } from './store-observer.ts';

/** `no-room`: the clock has no room for another node id; the sender must send the write again. */
export type ReceivedStatus = ReceiptStatus | 'no-room';

type Receiver = {
  replica: Replica;
  retired: Retirements;
  observers: readonly StoreObserver[];
  /** Called at most once, when a write brings a new id. */
  liveIds: () => LiveIds;
};

/**
 * Passes the writes of other nodes to the replica, as far as clocks have room for their senders.
 *
 * @returns the status of each write in the order received, and the writes to store in causal order
 */
export function receiveWrites(
  writes: readonly Write[],
  { replica, retired, observers, liveIds }: Receiver,
): { statuses: ReceivedStatus[]; delivered: Write[] } {
  const delivered: Write[] = [];
  let room: IdRoom | undefined;
  const statuses = writes.map((write): ReceivedStatus => {
    if (isNewcomer(retired, replica.clock, dotOf(write))) {
      room ??= new IdRoom(liveIds());
      if (!room.admit(write.sender)) return 'no-room';
    }
    const receipt = replica.receive(write);
    for (const observer of observers) observer.onReceipt(write, receipt, replica.clock);
    if (receipt.status === 'applied') delivered.push(...receipt.delivered);
    return receipt.status;
  });
  return { statuses, delivered };
}
