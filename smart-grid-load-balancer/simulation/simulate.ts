import { type SeededRandom, VirtualClock } from '@gridclock/simulation-kit';
import { acceptedLoadBound } from '../workload/accepted-load-bound.ts';
import type { Router } from './router.ts';
import { SimulatedSubstation } from './substation.ts';
import type { PlannedRequest } from './traffic.ts';

export type Simulation = {
  capacitiesKw: readonly number[];
  traffic: readonly PlannedRequest[];
  /** Builds the router once the substations' ids are known. */
  createRouter: (ids: readonly string[]) => Router;
  pollIntervalMs: number;
  /** After so many substations have refused a request, no further one is asked. */
  maxHops: number;
  random: SeededRandom;
};

/** What a run on virtual time came to. */
export type SimulationResult = {
  requests: number;
  rejected: number;
  acceptedKw: number;
  /** The most that any routing could have accepted that answers at once. */
  boundKw: number;
  /** Substations asked, over all requests. */
  hops: number;
  /** Standard deviation of the substations' utilisation at one moment, averaged over time, 0 to 0.5. */
  utilizationSpread: number;
  /** No substation was ever above its capacity, and all load was given back in the end. */
  sound: boolean;
};

/** One way between balancer and substation within a site, with the time the receiver needs: 0.5 to 3 ms. */
const HOP_MS = { shortest: 0.5, longest: 3 };

/** Polls of different substations are spread by a tenth of the interval to either side, as the balancer does. */
const POLL_JITTER = 0.1;

/** Twenty samples per session. */
const SAMPLE_EVERY_MS = 500;

/** Lets one balancer route the traffic over the substations, on virtual time. */
export function simulate(simulation: Simulation): SimulationResult {
  const { capacitiesKw, traffic, createRouter, pollIntervalMs, maxHops, random } = simulation;
  const clock = new VirtualClock();
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
  let sound = true;

  for (const substation of substations.values()) {
    clock.after(random.fraction() * POLL_JITTER * pollIntervalMs, () => poll(substation));
  }
  for (const request of traffic) clock.after(request.arrivesAt, () => arrive(request));
  clock.after(SAMPLE_EVERY_MS, sample);
  clock.runAll();

  const demands = traffic.map(({ arrivesAt, lastsMs, charge_amount }) => ({
    startsAt: arrivesAt,
    endsAt: arrivesAt + lastsMs,
    kw: charge_amount,
  }));
  return {
    requests: traffic.length,
    rejected,
    acceptedKw,
    boundKw: acceptedLoadBound(demands, capacitiesKw),
    hops,
    utilizationSpread: mean(spreads),
    sound: sound && [...substations.values()].every(({ report }) => report.load === 0),
  };

  function hopMs(): number {
    return HOP_MS.shortest + random.fraction() * (HOP_MS.longest - HOP_MS.shortest);
  }

  function poll(substation: SimulatedSubstation): void {
    const startedAt = clock.now();
    clock.after(hopMs(), () => {
      const { report } = substation;
      clock.after(hopMs(), () => router.polled(substation.id, report, startedAt, clock.now()));
    });
    const intervalMs = pollIntervalMs * (1 - POLL_JITTER + 2 * POLL_JITTER * random.fraction());
    if (startedAt + intervalMs <= endsAt) clock.after(intervalMs, () => poll(substation));
  }

  function arrive(request: PlannedRequest): void {
    ask(request, router.order(request, clock.now()), maxHops);
  }

  function ask(request: PlannedRequest, order: Iterator<string, void, undefined>, hopsLeft: number): void {
    const next = order.next();
    const substation = next.done ? undefined : substations.get(next.value);
    if (substation === undefined || hopsLeft === 0) {
      rejected += 1;
      return;
    }
    hops += 1;
    const kw = request.charge_amount;
    const answered = router.sent(substation.id, kw, clock.now());
    clock.after(hopMs(), () => {
      const accepted = substation.admit(kw);
      sound &&= substation.utilization <= 1;
      const { report } = substation;
      if (accepted) clock.after(request.lastsMs, () => substation.end(kw));
      clock.after(hopMs(), () => {
        answered(accepted, report, clock.now());
        if (accepted) acceptedKw += kw;
        else ask(request, order, hopsLeft - 1);
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
