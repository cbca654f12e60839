import pWaitFor, { TimeoutError } from 'p-wait-for';
import { covers } from '../vector-clock.ts';
import type { NodeAdmin } from './node-admin.ts';
import type { NodeProcesses } from './node-processes.ts';
import type { Battlefield } from './strike-runner.ts';
import { isLinkStrike, type Strike } from './strikes.ts';

/** How long a wipe waits until nothing is on that disk alone, in milliseconds; it is left out otherwise. */
const WIPE_WAIT_MS = 15_000;

/** Carries strikes out on processes of this machine. */
export class ProcessBattlefield implements Battlefield {
  readonly #nodes: NodeProcesses;
  readonly #admin: NodeAdmin;
  /** How many requests of clients a node has not yet answered. */
  readonly #underWayAt: (node: string) => number;
  /** The node about to be wiped, or wiped and not yet started again. */
  #wiping: string | undefined;

  constructor(nodes: NodeProcesses, admin: NodeAdmin, underWayAt: (node: string) => number) {
    this.#nodes = nodes;
    this.#admin = admin;
    this.#underWayAt = underWayAt;
  }

  /** The nodes that clients may ask. */
  get open(): string[] {
    return this.#nodes.names.filter((name) => name !== this.#wiping);
  }

  async begin({ kind, nodes: struck, delayMs }: Strike): Promise<boolean> {
    const [first = '', second = ''] = struck;
    if (isLinkStrike(kind)) {
      return (
        this.#nodes.isAwake(first) &&
        this.#admin.fault(this.#nodes.url(first), {
          peer: second,
          action: kind,
          ...(delayMs === undefined ? {} : { delay_ms: delayMs }),
        })
      );
    }
    switch (kind) {
      case 'pause':
        return first !== this.#wiping && this.#nodes.pause(first);
      case 'kill': {
        const running = struck.filter((name) => name !== this.#wiping && this.#nodes.isRunning(name));
        await Promise.all(running.map((name) => this.#nodes.kill(name)));
        return running.length > 0;
      }
      case 'wipe':
        return this.#wipe(first);
      case 'cut':
        throw new Error('the network between processes of one machine cannot be cut; hold both ways instead');
    }
  }

  async end({ kind, nodes: struck }: Strike): Promise<void> {
    const [first = '', second = ''] = struck;
    if (isLinkStrike(kind)) await this.#release(first, second);
    else if (kind === 'pause') this.#nodes.goOn(first);
    else if (kind === 'wipe') {
      this.#wiping = undefined;
      this.#nodes.start(first);
    } else {
      for (const name of struck) if (name !== this.#wiping) this.#nodes.start(name);
    }
  }

  /** Takes back all that is wrong, and resolves once every node serves. */
  async heal(): Promise<void> {
    for (const name of this.#nodes.names) {
      this.#nodes.goOn(name);
      this.#nodes.start(name);
    }
    await this.#nodes.ready();
    for (const from of this.#nodes.names)
      for (const to of this.#nodes.names) if (from !== to) await this.#release(from, to);
  }

  async #release(from: string, to: string): Promise<void> {
    if (this.#nodes.isAwake(from))
      await this.#admin.fault(this.#nodes.url(from), { peer: to, action: 'release' });
  }

  /**
   * An acknowledged write is on one disk at least, so the disk of a node may be lost only when all that it
   * has is elsewhere too: clients leave the node alone until all others serve and have it.
   */
  async #wipe(name: string): Promise<boolean> {
    if (this.#wiping !== undefined || !this.#nodes.isAwake(name)) return false;
    this.#wiping = name;
    const copied = await pWaitFor(() => this.#isCopied(name), { interval: 50, timeout: WIPE_WAIT_MS }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof TimeoutError) return false;
        throw error;
      },
    );
    if (!copied) {
      this.#wiping = undefined;
      return false;
    }
    await this.#nodes.kill(name);
    await this.#nodes.wipe(name);
    return true;
  }

  async #isCopied(name: string): Promise<boolean> {
    if (this.#underWayAt(name) > 0) return false;
    const clock = await this.#admin.servingClock(this.#nodes.url(name));
    if (clock === undefined) return false;
    const others = this.#nodes.names.filter((other) => other !== name);
    const clocks = await Promise.all(others.map((other) => this.#admin.servingClock(this.#nodes.url(other))));
    return clocks.every((other) => other !== undefined && covers(other, clock));
  }
}
