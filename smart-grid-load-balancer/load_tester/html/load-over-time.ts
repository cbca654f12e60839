import type { RequestRecord } from '../../workload/outcome.ts';
import type { Run } from '../../workload/recorder.ts';
import { timeSlots } from './time-slots.ts';

/** The load requested and accepted in one time slot, in kW per second. */
export type LoadSlot = { atMs: number; requested: number; accepted: number };

/** Sums up requests by their planned time. */
export function loadOverTime(records: readonly RequestRecord[], durationMs: number): LoadSlot[] {
  const { slotMs, slots } = timeSlots(records, durationMs);
  return slots.map(({ atMs, records: ofSlot }) => {
    const perSecond = (kw: number) => (kw * 1_000) / slotMs;
    const slot = { atMs, requested: 0, accepted: 0 };
    for (const { request, outcome } of ofSlot) {
      slot.requested += perSecond(request.charge_amount);
      if (outcome.kind === 'accepted') slot.accepted += perSecond(outcome.chargeKw);
    }
    return slot;
  });
}

/** The load of all substations together, in kW. */
export type LoadInUse = {
  points: { atMs: number; value: number }[];
  /** Of all substations together; undefined unless each one's is known. */
  capacityKw: number | undefined;
  /** Over the samples; undefined if there are none. */
  largestKw: number | undefined;
  averageKw: number | undefined;
};

/** Adds up the loads of all substations, and their capacities. */
export function loadInUse(samples: Run['samples'], capacities: Readonly<Record<string, number>>): LoadInUse {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const points = samples.map(({ atMs, loads }) => ({ atMs, value: sum(Object.values(loads)) }));
  const values = points.map(({ value }) => value);
  const isKnown = samples.every(({ loads }) =>
    Object.keys(loads).every((id) => capacities[id] !== undefined),
  );
  const known = Object.values(capacities);
  return {
    points,
    capacityKw: known.length === 0 || !isKnown ? undefined : sum(known),
    largestKw: values.length === 0 ? undefined : values.reduce((max, value) => Math.max(max, value), 0),
    averageKw: values.length === 0 ? undefined : sum(values) / values.length,
  };
}
