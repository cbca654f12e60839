import type { z } from 'zod';
import { nameOf } from '../causality/node-id.ts';
import { zeroClock } from '../causality/vector-clock.ts';
import type { heartbeatSchema } from '../messages/peer.ts';
import { withPruned } from '../retirement/reported-clocks.ts';
import { type Heartbeat, NoHeartbeatError } from './transport.ts';

/**
 * Reads what a peer says about itself; earlier releases say less.
 *
 * @throws NoHeartbeatError if the peer does not say who it is
 */
export function readHeartbeat(data: z.output<typeof heartbeatSchema>): Heartbeat {
  const {
    vector_clock: clock,
    heard_of: heardOf = clock,
    pruned = zeroClock,
    peers,
    status,
    conflicts,
    removed,
    node_id: nodeId,
    name = nodeId === undefined ? undefined : nameOf(nodeId),
    clock_id: id = nodeId,
    life,
    lineage,
    record,
    needs,
    replacing,
    retired,
    wire,
  } = data;
  if (name === undefined) throw new NoHeartbeatError('the peer does not say who it is');
  return withPruned({
    name,
    id,
    status,
    life,
    lineage,
    record,
    needs,
    replacing,
    retired,
    clock,
    heardOf,
    pruned,
    peers,
    conflicts,
    removed,
    wire,
  });
}
