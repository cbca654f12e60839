import type { NodeId } from '../causality/node-id.ts';
import { counterOf } from '../causality/vector-clock.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { REPLICATION_BATCH } from '../limits.ts';
import type { Storage } from '../storage/storage.ts';
import type { LinkSender } from './link-sender.ts';
import { MessageWindow } from './message-window.ts';

type OwnWritesOptions = {
  /** The id that this node's own writes are counted under. */
  self: NodeId;
  storage: Pick<Storage, 'clock' | 'pruned' | 'log'>;
  sender: LinkSender;
};

/** 4 full messages, 920 KB of small writes: enough to keep a peer busy during the round trips. */
const MESSAGES_IN_FLIGHT = 4;

/** Pushes this node's own writes to one peer as they are stored. Messages that are full do not wait for a response. */
export class OwnWrites {
  readonly #options: OwnWritesOptions;
  readonly #window = new MessageWindow();

  constructor(options: OwnWritesOptions) {
    this.#options = options;
  }

  /** The last write that the transport has accepted with all before it. */
  get accepted(): number {
    return this.#window.accepted;
  }

  /** Whether a message was not accepted as a whole while others are in flight: wait for those. */
  get isBroken(): boolean {
    return this.#window.isBroken;
  }

  /** Notes that the peer has all writes up to a number, from whomever. */
  advance(counter: number): void {
    this.#window.advance(counter);
  }

  /**
   * Sends the next message.
   *
   * @param needsLog whether the peer can receive writes from the log only
   * @returns undefined if there is nothing to send, or if it has to wait
   */
  sendNext(needsLog: boolean): Promise<void> | undefined {
    const { self, sender, storage } = this.#options;
    const { sent, size } = this.#window;
    if (this.#fetchesSnapshot(needsLog) || size >= MESSAGES_IN_FLIGHT) return undefined;
    const waiting = counterOf(storage.clock, self) - sent;
    // A few writes wait for the response and share a message with later ones: each message has its cost. Without any, as on a
    // node that only receives, the log need not be searched.
    if (waiting < (size > 0 ? REPLICATION_BATCH.writes : 1)) return undefined;
    const writes = storage.log(self, sent, REPLICATION_BATCH);
    const last = writes.findLast((write) => !sender.blocks(write));
    return last === undefined ? undefined : this.#send(writes, dotOf(last).counter);
  }

  async #send(writes: readonly Write[], last: number): Promise<void> {
    const { sender } = this.#options;
    const end = this.#window.add(last);
    try {
      await sender.send(writes);
    } catch (error) {
      end(0);
      throw error;
    }
    // Less than the whole batch if the peer rejected one of them: those from it on are sent later.
    const accepted = writes.findLast((write) => !sender.blocks(write));
    end(accepted === undefined ? 0 : dotOf(accepted).counter);
  }

  /** Reports whether the peer lacks pruned writes. It could only buffer the ones after them. */
  #fetchesSnapshot(needsLog: boolean): boolean {
    const { self, storage } = this.#options;
    return !needsLog && this.#window.sent < counterOf(storage.pruned, self);
  }
}
