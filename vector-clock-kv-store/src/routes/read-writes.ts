import { takeItemTexts, validate } from '@gridclock/service-kit';
import { continuedWrite, mayBeContinued } from '../causality/continued-write.ts';
import type { Write } from '../causality/write.ts';
import { MAX_BATCH_MESSAGES } from '../limits.ts';
import { batchSchema, shortWriteSchema, writeSchema } from '../messages/peer.ts';
import { PlainWrites } from '../messages/plain-write.ts';
import { SHORT_WRITES } from '../replication/wire-formats.ts';
import type { WriteTexts } from '../store/receive-writes.ts';

/**
 * The writes of a message, the items that they were read from, and their JSON, if it is at hand. A write that is not its item
 * itself was sent in the short form.
 */
type ReadWrites = { writes: readonly Write[]; items: readonly unknown[]; texts: WriteTexts | undefined };

/**
 * Returns the writes of a body of `POST /replicate`.
 *
 * @param version that of the message
 * @throws BadRequestError if one of them is not well-formed
 */
export function readWrites(body: unknown, version: number): ReadWrites {
  const items: readonly unknown[] = Array.isArray(body) ? body : [body];
  const fits = items.length > 0 && items.length <= MAX_BATCH_MESSAGES;
  const plain = fits ? new PlainWrites().read(items, version >= SHORT_WRITES) : undefined;
  if (plain !== undefined) {
    const texts = takeItemTexts(items);
    return { writes: plain, items, texts: texts && { items, texts } };
  }
  const writes = Array.isArray(body)
    ? validate(batchSchema, fits && version >= SHORT_WRITES ? whole(items) : items, 'body')
    : [validate(writeSchema, body, 'body')];
  return { writes, items: writes, texts: undefined };
}

/** Replaces items in the short form by the writes that they stand for. Leaves what is not well-formed to the schema. */
function whole(items: readonly unknown[]): unknown[] {
  let previous: Write | undefined;
  return items.map((item) => {
    const short = shortWriteSchema.safeParse(item).data;
    if (short === undefined) previous = writeSchema.safeParse(item).data;
    else if (previous !== undefined)
      previous = mayBeContinued(previous) ? continuedWrite(previous, short) : undefined;
    return previous ?? item;
  });
}
