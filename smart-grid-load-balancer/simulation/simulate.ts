import type { SeededRandom } from '@gridclock/simulation-kit';
import { VirtualTimers } from '@gridclock/simulation-kit/virtual-timers';
import { acceptedLoadBound } from '../workload/accepted-load-bound.ts';
import type { Router } from './router.ts';
import { SimulatedSubstation } from './substation.ts';
import type { PlannedRequest } from './traffic.ts';

export type SimulationOptions = {
  capacitiesKw: readonly number[];
  traffic: readonly PlannedRequest[];
  /** Creates the router for substations with these ids. */
  createRouter: (ids: readonly string[]) => Router;
  pollIntervalMs: number;
  /** How many substations are asked for one request at most. */
  maxHops: number;
  random: SeededRandom;
};

/** The result of a run on virtual time. */
export type SimulationResult = {
  requests: number;
  rejected: number;
  acceptedKw: number;
  /** The most that any routing without queueing could have accepted. */
  boundKw: number;
  /** The number of substations asked, summed over all requests. */
  hops: number;
  /** The standard deviation of utilisation between substations, averaged over time; 0 to 0.5. */
  utilizationSpread: number;
  /** Whether no substation ever exceeded its capacity, and all were idle at the end. */
  invariantsHeld: boolean;
};

/** 0.5 to 3 ms one way between balancer and substation in one site, processing included. */
const LATENCY_MS = { shortest: 0.5, longest: 3 };

/** Each poll interval varies by up to 10 % to either side, as in the balancer. */
const POLL_JITTER = 0.1;

/** 500 ms: about twenty samples per session. */
const SAMPLE_EVERY_MS = 500;

/** Routes the traffic over the substations on virtual time. */
export function simulate(options: SimulationOptions): SimulationResult {
  const { capacitiesKw, traffic, createRouter, pollIntervalMs, maxHops, random } = options;
  const clock = new VirtualTimers();
  const substations = new Map(
    capacitiesKw.map((kw, index) => {
      const id = `substation_${index + 1}`;
      return [id, new SimulatedSubstation(id, kw)];
    }),
  );
  const router = createRouter([...substations.keys()]);
  const endsAt = traffic.at(-1)?.arrivesAt ?? 0;
  const spreads: number[] = [];
  let rejected = 0;
  let acceptedKw = 0;
  let hops = 0;
  let withinCapacity = true;

  for (const substation of substations.values()) {
    clock.after(random.fraction() * POLL_JITTER * pollIntervalMs, () => poll(substation));
  }
  for (const request of traffic) clock.after(request.arrivesAt, () => arrive(request));
  clock.after(SAMPLE_EVERY_MS, sample);
  clock.runAll();

  const demands = traffic.map(({ arrivesAt, durationMs, charge_amount }) => ({
    startsAt: arrivesAt,
    endsAt: arrivesAt + durationMs,
    kw: charge_amount,
  }));
  return {
    requests: traffic.length,
    rejected,
    acceptedKw,
    boundKw: acceptedLoadBound(demands, capacitiesKw),
    hops,
    utilizationSpread: mean(spreads),
    invariantsHeld: withinCapacity && [...substations.values()].every(({ report }) => report.load === 0),
  };

  function latencyMs(): number {
    return LATENCY_MS.shortest + random.fraction() * (LATENCY_MS.longest - LATENCY_MS.shortest);
  }

  function poll(substation: SimulatedSubstation): void {
    const startedAt = clock.now();
    clock.after(latencyMs(), () => {
      const { report } = substation;
      clock.after(latencyMs(), () => router.recordPoll(substation.id, report, startedAt, clock.now()));
    });
    const intervalMs = pollIntervalMs * (1 - POLL_JITTER + 2 * POLL_JITTER * random.fraction());
    if (startedAt + intervalMs <= endsAt) clock.after(intervalMs, () => poll(substation));
  }

  function arrive(request: PlannedRequest): void {
    ask(request, router.candidates(request, clock.now()), maxHops);
  }

  function ask(
    request: PlannedRequest,
    candidates: Iterator<string, void, undefined>,
    hopsLeft: number,
  ): void {
    const next = candidates.next();
    const substation = next.done ? undefined : substations.get(next.value);
    if (substation === undefined || hopsLeft === 0) {
      rejected += 1;
      return;
    }
    hops += 1;
    const kw = request.charge_amount;
    const recordResponse = router.recordDispatch(substation.id, kw, clock.now());
    clock.after(latencyMs(), () => {
      const accepted = substation.accept(kw);
      withinCapacity &&= substation.utilization <= 1;
      const { report } = substation;
      if (accepted) clock.after(request.durationMs, () => substation.end(kw));
      clock.after(latencyMs(), () => {
        recordResponse(accepted, report, clock.now());
        if (accepted) acceptedKw += kw;
        else ask(request, candidates, hopsLeft - 1);
      });
    });
  }

  function sample(): void {
    const utilizations = [...substations.values()].map(({ utilization }) => utilization);
    const average = mean(utilizations);
    spreads.push(Math.sqrt(mean(utilizations.map((value) => (value - average) ** 2))));
    if (clock.now() + SAMPLE_EVERY_MS <= endsAt) clock.after(SAMPLE_EVERY_MS, sample);
  }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
