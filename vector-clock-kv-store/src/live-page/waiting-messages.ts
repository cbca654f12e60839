import { counterOf } from '../causality/vector-clock.ts';
import type { ClusterMember } from '../live/node-view.ts';
import type { ClockedSummary } from '../trace/event.ts';

/** A message that a held link keeps back. */
export type WaitingMessage = { from: string; to: string; write: ClockedSummary };

/**
 * Lists the messages that wait on held links and are still missing at their receivers. Nodes also send each other the
 * writes of others, in case those were lost: such a copy is listed only if the writer's own message does not wait.
 */
export function waitingMessages(nodes: readonly ClusterMember[]): WaitingMessage[] {
  const all = nodes.flatMap(({ name, view }) =>
    (view?.links ?? []).flatMap(({ peer, held }) =>
      held.filter((write) => isMissing(nodes, peer, write)).map((write) => ({ from: name, to: peer, write })),
    ),
  );
  const isOwn = ({ from, write }: WaitingMessage) => write.node.split('~', 1)[0] === from;
  const own = new Set(all.filter(isOwn).map(({ to, write }) => keyOf(to, write)));
  return all.filter((message) => isOwn(message) || !own.has(keyOf(message.to, message.write)));
}

function keyOf(to: string, { node, counter }: ClockedSummary): string {
  return `${to} ${counter}@${node}`;
}

function isMissing(
  nodes: readonly ClusterMember[],
  peer: string,
  { node, counter }: ClockedSummary,
): boolean {
  const view = nodes.find(({ name }) => name === peer)?.view;
  if (view === undefined) return true;
  const isBuffered = view.buffered.some(({ write }) => write.node === node && write.counter === counter);
  return !isBuffered && counterOf(view.clock, node) < counter;
}
