import type { ClockedSummary, TracedEvent } from '../../vector-clock-kv-store/src/trace/event.ts';
import { summarizeWithClock } from '../../vector-clock-kv-store/src/trace/event.ts';
import { checkHistory } from '../../vector-clock-kv-store/src/verification/history/check-history.ts';
import type { Verdict } from '../../vector-clock-kv-store/src/verification/history/verdict.ts';
import { type Action, allLinks, type Link, MAX_KEYS, nodeName, ScenarioError } from './action.ts';
import { type Message, PlayedNode, type RuleName } from './played-node.ts';

/** A link as it is after the actions. */
export type PlayedLink = Link & {
  isHeld: boolean;
  isCut: boolean;
  waiting: readonly ClockedSummary[];
  /** How many messages were lost and not sent again. */
  lost: number;
};

/** The cluster after the actions. */
export type Played = {
  nodes: readonly PlayedNode[];
  links: readonly PlayedLink[];
  events: readonly TracedEvent[];
  verdict: Verdict;
};

/** 10 ms of virtual time for an action: less than what the diagram draws as a pause. */
export const STEP_MS = 10;

/** More messages than this wait only if somebody clicks "duplicate" all day. */
const MAX_WAITING = 200;

type MutableLink = Link & { isHeld: boolean; isCut: boolean; queue: Message[]; lost: Message[] };

/**
 * Plays actions on an empty cluster, in virtual time. The same actions always give the same result.
 *
 * @throws ScenarioError that names the first action which is impossible
 */
export function play(actions: readonly Action[], rule: RuleName): Played {
  const cluster = new PlayedCluster(rule);
  for (const [index, action] of actions.entries()) {
    try {
      cluster.apply(action);
    } catch (error) {
      if (error instanceof ScenarioError) throw new ScenarioError(`Step ${index + 1}: ${error.message}`);
      throw error;
    }
  }
  return cluster.result();
}

class PlayedCluster {
  readonly #keys = new Set<string>();
  readonly #links: MutableLink[];
  readonly #nodes: PlayedNode[];
  #now = 0;

  constructor(rule: RuleName) {
    this.#nodes = [1, 2, 3].map((node) => new PlayedNode(nodeName(node), rule, this.#keys, () => this.#now));
    this.#links = allLinks.map((link) => ({ ...link, isHeld: false, isCut: false, queue: [], lost: [] }));
  }

  result(): Played {
    return {
      nodes: this.#nodes,
      links: this.#links.map(({ queue, lost, ...link }) => ({
        ...link,
        waiting: queue.map(({ write }) => summarizeWithClock(write)),
        lost: lost.length,
      })),
      events: this.#nodes.flatMap((node) => node.events()),
      verdict: checkHistory({
        sessions: this.#nodes.map(({ name, operations }) => ({
          name: name.replace('node', 'client'),
          operations,
        })),
      }),
    };
  }

  apply(action: Action): void {
    this.#now += STEP_MS;
    switch (action.kind) {
      case 'put':
        this.#put(action.node, action.key, action.value);
        break;
      case 'delete':
        this.#put(action.node, action.key, null);
        break;
      case 'all':
        this.#deliverAll();
        break;
      case 'cut':
      case 'heal':
        this.#cut(action);
        break;
      default:
        this.#onLink(action);
        break;
    }
  }

  #put(node: number, key: string, value: string | null): void {
    const writer = this.#node(node);
    if (!this.#keys.has(key) && this.#keys.size >= MAX_KEYS)
      throw new ScenarioError(`a scenario has at most ${MAX_KEYS} keys`);
    this.#keys.add(key);
    const write = writer.put(key, value);
    for (const link of this.#links)
      if (link.from === node) this.#send(link, writer.send(write, nodeName(link.to)));
  }

  #send(link: MutableLink, message: Message): void {
    if (!link.isCut && link.queue.length < MAX_WAITING) link.queue.push(message);
    else {
      link.lost.push(message);
      this.#affect(link, 'cut', message);
    }
  }

  #onLink(action: Extract<Action, Link>): void {
    const link = this.#link(action);
    const name = `${nodeName(link.from)} to ${nodeName(link.to)}`;
    switch (action.kind) {
      case 'deliver': {
        if (link.isHeld) throw new ScenarioError(`the link from ${name} is held; release it first`);
        const message = take(link, action.at, name);
        this.#node(link.to).receive(message);
        return;
      }
      case 'drop': {
        const message = take(link, action.at, name);
        link.lost.push(message);
        this.#affect(link, 'drop', message);
        return;
      }
      case 'duplicate': {
        if (link.queue.length >= MAX_WAITING) throw new ScenarioError(`the link from ${name} is full`);
        const message = take(link, action.at, name);
        link.queue.splice(action.at - 1, 0, message, message);
        this.#affect(link, 'duplicate', message);
        return;
      }
      case 'reorder': {
        const [first, second] = link.queue;
        if (first === undefined || second === undefined)
          throw new ScenarioError(`the link from ${name} has no two messages to reorder`);
        link.queue.splice(0, 2, second, first);
        this.#affect(link, 'reorder', first, second);
        return;
      }
      case 'hold':
      case 'release':
        if (link.isHeld === (action.kind === 'hold'))
          throw new ScenarioError(`the link from ${name} is ${link.isHeld ? 'held already' : 'not held'}`);
        link.isHeld = action.kind === 'hold';
        this.#mark(link, link.isHeld ? 'hold' : undefined);
        return;
      case 'resend':
        if (link.isCut) throw new ScenarioError(`the link from ${name} is cut; heal it first`);
        if (link.lost.length === 0) throw new ScenarioError(`the link from ${name} has lost nothing`);
        this.#resend(link);
    }
  }

  #cut(action: Extract<Action, Link>): void {
    const both = [this.#link(action), this.#link({ from: action.to, to: action.from })];
    const isCut = action.kind === 'cut';
    if (both[0]?.isCut === isCut)
      throw new ScenarioError(
        `${nodeName(action.from)} and ${nodeName(action.to)} are ${isCut ? 'cut off already' : 'not cut off'}`,
      );
    for (const link of both) {
      link.isCut = isCut;
      this.#mark(link, isCut ? 'cut' : link.isHeld ? 'hold' : undefined);
      if (isCut) {
        const lost = link.queue.splice(0);
        link.lost.push(...lost);
        if (lost.length > 0) this.#affect(link, 'cut', ...lost);
      } else this.#resend(link);
    }
  }

  /** A node sends again what its peer has not acknowledged. */
  #resend(link: MutableLink): void {
    const sender = this.#node(link.from);
    for (const { write } of link.lost.splice(0)) this.#send(link, sender.send(write, nodeName(link.to)));
  }

  #deliverAll(): void {
    for (;;) {
      const ready = this.#links.filter(({ isHeld, queue }) => !isHeld && queue.length > 0);
      if (ready.length === 0) return;
      for (const link of ready) {
        const message = link.queue.shift();
        if (message !== undefined) this.#node(link.to).receive(message);
      }
    }
  }

  #mark(link: Link, action: 'hold' | 'cut' | undefined): void {
    const sender = this.#node(link.from);
    if (action === undefined) sender.endFault(nodeName(link.to));
    else sender.beginFault(nodeName(link.to), action);
  }

  #affect(link: Link, action: 'cut' | 'drop' | 'duplicate' | 'reorder', ...messages: Message[]): void {
    this.#node(link.from).recordAffected(nodeName(link.to), action, messages);
  }

  #node(node: number): PlayedNode {
    const found = this.#nodes[node - 1];
    if (found === undefined) throw new ScenarioError(`there is no node ${node}`);
    return found;
  }

  #link({ from, to }: Link): MutableLink {
    const found = this.#links.find((link) => link.from === from && link.to === to);
    if (found === undefined) throw new ScenarioError(`there is no link from ${from} to ${to}`);
    return found;
  }
}

function take(link: MutableLink, at: number, name: string): Message {
  const [message] = link.queue.splice(at - 1, 1);
  if (message === undefined) throw new ScenarioError(`the link from ${name} has no message ${at}`);
  return message;
}
