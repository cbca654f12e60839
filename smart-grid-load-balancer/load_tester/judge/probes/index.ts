import { badBalancerInput, badEntryInput, badSubstationInput } from './bad-input.ts';
import { fullGrid, nextCandidate } from './balancer-capacity.ts';
import { deadFavourite, outage, returningFavourite } from './balancer-dead.ts';
import { concurrentHerd, sequentialHerd } from './balancer-herd.ts';
import { recovery, unusableMetrics } from './balancer-metrics.ts';
import { lostAnswers, repeatAfterBalancerRestart, repeatedRequest } from './balancer-repeats.ts';
import { leastLoaded } from './balancer-routing.ts';
import { entryRelays, entryRepeated, entryRepeats, lostBalancer } from './entry.ts';
import { fullGridStatus, lossyRush, rush } from './grid.ts';
import { passedToBalancer, passedToSubstation } from './passed-on.ts';
import type { Probe } from './probe.ts';
import { runningBadInput, runningHerd, runningMetrics, runningRepeat, runningRush } from './running.ts';
import { overfill, overfillInTurn, refusal } from './substation-capacity.ts';
import { sessionIds, sessions } from './substation-charging.ts';
import { metrics, metricsAfterwards } from './substation-metrics.ts';
import { repeatAfterRestart, repeats } from './substation-repeats.ts';

/** The probes of programs that the judge starts, each by itself. */
export const probes: readonly Probe[] = [
  ...sessions,
  sessionIds,
  metrics,
  metricsAfterwards,
  overfill,
  overfillInTurn,
  leastLoaded,
  concurrentHerd,
  sequentialHerd,
  refusal,
  nextCandidate,
  fullGrid,
  unusableMetrics,
  recovery,
  ...deadFavourite,
  returningFavourite,
  outage,
  repeats,
  repeatAfterRestart,
  ...lostAnswers,
  repeatedRequest,
  repeatAfterBalancerRestart,
  badSubstationInput,
  badBalancerInput,
  badEntryInput,
  entryRelays,
  lostBalancer,
  entryRepeats,
  entryRepeated,
  passedToBalancer,
  passedToSubstation,
  rush,
  fullGridStatus,
  lossyRush,
];

/** The probes of a running grid, one after another: each leaves sessions behind. */
export const runningProbes: readonly Probe[] = [
  runningMetrics,
  runningBadInput,
  runningHerd,
  runningRepeat,
  runningRush,
];
