/** A message in flight: the last of the writes in it, and the last one that the peer has accepted; 0 for none. */
type Message = { last: number; accepted: number | undefined };

/**
 * The messages with one node's writes that are in flight to a peer, in the order of their writes.
 *
 * Writes are numbered without gaps. Once a message fails, or is accepted in part, no further one may be sent until the
 * window is empty; then sending starts again behind the last write that was accepted with all before it.
 */
export class MessageWindow {
  readonly #messages: Message[] = [];
  #accepted = 0;
  #sent = 0;
  #broken = false;
  /** Whether a message before those in flight was not accepted as a whole. */
  #isCut = false;

  /** The last write that the peer has accepted with all before it. */
  get accepted(): number {
    return this.#accepted;
  }

  /** The last write that was sent. */
  get sent(): number {
    return this.#sent;
  }

  /** The number of messages in flight. */
  get size(): number {
    return this.#messages.length;
  }

  /** Whether a message has failed, or was accepted in part, while others are in flight. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Notes that the peer has all writes up to a number, from whomever. */
  advance(counter: number): void {
    this.#accepted = Math.max(this.#accepted, counter);
    this.#sent = Math.max(this.#sent, counter);
  }

  /**
   * Adds a message.
   *
   * @param last the last write in it
   * @returns what to call once it has ended, with the last of its writes that the peer has accepted; 0 for none
   */
  add(last: number): (accepted: number) => void {
    const message: Message = { last, accepted: undefined };
    this.#messages.push(message);
    this.#sent = Math.max(this.#sent, last);
    return (accepted) => {
      message.accepted = accepted;
      if (accepted < last) this.#broken = true;
      this.#takeEnded();
    };
  }

  #takeEnded(): void {
    for (let [first] = this.#messages; first?.accepted !== undefined; [first] = this.#messages) {
      this.#messages.shift();
      // What follows a write that was not accepted does not count: it is sent again.
      if (!this.#isCut) this.#accepted = Math.max(this.#accepted, first.accepted);
      this.#isCut ||= first.accepted < first.last;
    }
    if (this.#messages.length > 0) return;
    if (this.#broken) this.#sent = this.#accepted;
    this.#broken = false;
    this.#isCut = false;
  }
}
