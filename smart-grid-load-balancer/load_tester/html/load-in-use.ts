import type { RequestRecord } from '../../workload/outcome.ts';
import type { Run } from '../../workload/recorder.ts';
import { timeSlots } from './time-slots.ts';

/** The load of all substations together, in kW. */
export type LoadInUse = {
  /** What the sessions of this run charge, on average in each slot. */
  slots: { atMs: number; kw: number }[];
  /** What the balancer believes. */
  believed: { atMs: number; kw: number }[];
  /** Of all substations; undefined unless each one's is known. */
  capacityKw: number | undefined;
  largestKw: number;
  averageKw: number;
};

/** Computes the load in use over a run from its accepted sessions, next to what the balancer believed. */
export function loadInUse(
  { records, samples, durationMs }: Run,
  capacities: Readonly<Record<string, number>>,
): LoadInUse {
  const { slotMs, slots } = timeSlots([], durationMs);
  const loads = slots.map(({ atMs }) => ({ atMs, kw: 0 }));
  for (const session of sessionsOf(records)) {
    const last = Math.min(loads.length - 1, Math.floor(session.toMs / slotMs));
    for (let index = Math.floor(session.fromMs / slotMs); index <= last; index++) {
      const slot = loads[index];
      if (slot === undefined) continue;
      const endMs = Math.min(slot.atMs + slotMs, durationMs);
      const chargedMs = Math.min(session.toMs, endMs) - Math.max(session.fromMs, slot.atMs);
      slot.kw += (session.kw * Math.max(0, chargedMs)) / Math.max(1, endMs - slot.atMs);
    }
  }
  const known = Object.values(capacities);
  const ids = samples.flatMap((sample) => Object.keys(sample.loads));
  const isKnown = known.length > 0 && ids.every((id) => capacities[id] !== undefined);
  return {
    slots: loads,
    believed: samples.map((sample) => ({ atMs: sample.atMs, kw: sum(Object.values(sample.loads)) })),
    capacityKw: isKnown ? sum(known) : undefined,
    largestKw: loads.reduce((largest, { kw }) => Math.max(largest, kw), 0),
    averageKw: sum(loads.map(({ kw }) => kw)) / loads.length,
  };
}

/** A session begins with its response: both ends are late by the same way back, so that the load is right. */
function sessionsOf(records: readonly RequestRecord[]): { fromMs: number; toMs: number; kw: number }[] {
  return records.flatMap(({ startedMs, responseMs, outcome }) => {
    if (outcome.kind !== 'accepted') return [];
    const fromMs = startedMs + responseMs;
    return [{ fromMs, toMs: fromMs + outcome.durationSeconds * 1_000, kw: outcome.chargeKw }];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
