import { substationMetrics as names, readSamples, type Sample } from '@gridclock/grid-protocol';
import type { PollReport } from '../fleet/grid-view.ts';

/** What a substation's metrics page says: powers in kW, and its own name where it tells one. */
export type SubstationReport = PollReport & { name: string | undefined };

/**
 * Reads a substation's `GET /metrics`.
 *
 * @throws Error when the load or the capacity is missing or no finite number: such a page is no sign of life
 */
export function readReport(text: string): SubstationReport {
  const samples = new Map<string, Sample>();
  for (const sample of readSamples(text, 'substation_')) samples.set(sample.name, sample);
  const usable = (name: string) => {
    const value = samples.get(name)?.value;
    return value !== undefined && Number.isFinite(value) && value >= 0 ? value : undefined;
  };
  const required = (name: string) => {
    const value = usable(name);
    if (value === undefined) throw new Error(`its metrics have no usable ${name}`);
    return value;
  };
  return {
    load: required(names.currentLoad),
    capacity: required(names.maxCapacity),
    reserve: usable(names.highPriorityReserve) ?? 0,
    draining: samples.get(names.draining)?.value === 1,
    name: samples.get(names.info)?.labels.get('substation_id'),
  };
}
