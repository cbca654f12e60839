import { badInput } from './bad-input.ts';
import { buffering } from './buffering.ts';
import { clocks } from './clocks.ts';
import { convergence } from './convergence.ts';
import { deepBuffer } from './deep-buffer.ts';
import { causesOfOthers, senderOrder } from './delivery-rule.ts';
import { duplicates } from './duplicates.ts';
import { brokenConnections, refusals } from './loss.ts';
import type { Probe } from './probe.ts';
import { replication } from './replication.ts';
import { restart } from './restart.ts';
import { sessions } from './sessions.ts';

/** All probes of one node among peers that the judge plays. */
export const probes: readonly Probe[] = [
  replication,
  clocks,
  senderOrder,
  causesOfOthers,
  buffering,
  duplicates,
  brokenConnections,
  refusals,
  convergence,
  sessions,
  restart,
  badInput,
  deepBuffer,
];
