import type { ReceiptStatus, Replica } from '../causality/replica.ts';
import type { Retirements } from '../causality/retirements.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { IdRoom, isNewcomer, type LiveIds } from '../retirement/id-room.ts';
import { noteJson, noteShortJson } from '../storage/encoded-write.ts';
import type { StoreObserver } from './store-observer.ts';

/** `no-room`: the clock has no room for another node id; the sender must send the write again. */
export type ReceivedStatus = ReceiptStatus | 'no-room';

/**
 * The items of the message that writes came in, and the JSON of each. A write that is not its item itself was sent in the
 * short form. The texts share their memory.
 */
export type WriteTexts = { items: readonly unknown[]; texts: readonly string[] };

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
    // Nearly always so, and the replica copies a clock that it has shown.
    const isShown = retired.size === 0 && replica.counterOf(write.sender) > 0;
    if (!isShown && isNewcomer(retired, replica.clock, dotOf(write))) {
      room ??= new IdRoom(liveIds());
      if (!room.admit(write.sender)) return 'no-room';
    }
    const receipt = replica.receive(write);
    for (const observer of observers) observer.onReceipt(write, receipt);
    if (receipt.status === 'applied') delivered.push(...receipt.delivered);
    return receipt.status;
  });
  return { statuses, delivered };
}

/**
 * Notes the JSON of writes that were delivered as they were received, so that the log need not encode them. A message of
 * which something waits or is a duplicate is left out: its rest would keep the memory that all texts share.
 */
export function noteJsonOfAll(
  writes: readonly Write[],
  { items, texts }: WriteTexts,
  delivered: readonly Write[],
): void {
  const isWhole =
    delivered.length === writes.length && writes.every((write, index) => write === delivered[index]);
  if (!isWhole) return;
  writes.forEach((write, index) => {
    const text = texts[index];
    if (text === undefined) return;
    if (items[index] === write) noteJson(write, text);
    else noteShortJson(write, text);
  });
}
