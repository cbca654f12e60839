import type { NodeId } from '../causality/node-id.ts';
import { counterOf, type Dot, type VectorClock } from '../causality/vector-clock.ts';
import { dotOf, type Write } from '../causality/write.ts';

/** A write that a peer answers with a 4xx: sent again as it is, it would be rejected again. */
export type RejectedWrite = Dot & { reason: string };

type Entry = { counter: number; reason: string; attempts: number; retryAt: number };

/** From 1 s, because a peer may only lack a membership record yet, to 30 s, because a person must solve the rest. */
const RETRY = { firstMs: 1_000, longestMs: 30_000 };

/** The attempts after which a rejection counts as lasting. */
const LASTING_AFTER = 2;

/**
 * The writes that one peer rejects, at most one of each node: the node's later writes depend on it. Whatever depends on
 * a rejected write waits for it; everything else is sent.
 */
export class RejectedWrites {
  readonly #entries = new Map<NodeId, Entry>();

  /**
   * Records a rejection.
   *
   * @param now in milliseconds
   * @returns true if the rejection has just become a lasting one
   */
  add({ node, counter }: Dot, reason: string, now: number): boolean {
    const known = this.#entries.get(node);
    const attempts = known?.counter === counter ? known.attempts + 1 : 1;
    const retryAt = now + Math.min(RETRY.longestMs, RETRY.firstMs * 2 ** (attempts - 1));
    this.#entries.set(node, { counter, reason, attempts, retryAt });
    return attempts === LASTING_AFTER;
  }

  /** Forgets rejections of writes that the peer has by now. */
  forget(delivered: VectorClock): void {
    for (const [node, { counter }] of this.#entries) {
      if (counterOf(delivered, node) >= counter) this.#entries.delete(node);
    }
  }

  remove({ node }: Dot): void {
    this.#entries.delete(node);
  }

  /** Reports whether a write is rejected or depends on a rejected one. */
  blocks(write: Write): boolean {
    for (const [node, { counter }] of this.#entries) {
      if (counterOf(write.vc, node) >= counter) return true;
    }
    return false;
  }

  /** Returns the writes to try again. */
  due(now: number): Dot[] {
    return [...this.#entries]
      .filter(([, { retryAt }]) => retryAt <= now)
      .map(([node, { counter }]) => ({ node, counter }));
  }

  /** The rejections that a retry did not solve. */
  lasting(): RejectedWrite[] {
    return [...this.#entries]
      .filter(([, { attempts }]) => attempts >= LASTING_AFTER)
      .map(([node, { counter, reason }]) => ({ node, counter, reason }));
  }
}

/**
 * Sends a batch, and isolates the writes in it that the peer rejects: it halves the batch until they are alone.
 *
 * @param send returns the reason if the peer rejects the batch, which then changed nothing there
 * @param reject called for each rejected write; from then on `blocked` covers it
 * @param blocked reports whether a write depends on a rejected one
 */
export async function sendIsolating(
  writes: readonly Write[],
  send: (writes: readonly Write[]) => Promise<string | undefined>,
  reject: (write: Dot, reason: string) => void,
  blocked: (write: Write) => boolean,
): Promise<void> {
  const sendable = writes.filter((write) => !blocked(write));
  const [first] = sendable;
  if (first === undefined) return;
  const reason = await send(sendable);
  if (reason === undefined) return;
  if (sendable.length === 1) {
    reject(dotOf(first), reason);
    return;
  }
  const half = Math.ceil(sendable.length / 2);
  await sendIsolating(sendable.slice(0, half), send, reject, blocked);
  await sendIsolating(sendable.slice(half), send, reject, blocked);
}
