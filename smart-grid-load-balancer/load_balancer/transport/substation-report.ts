import {
  lifeFromNumber,
  substationMetrics as names,
  readSamples,
  type Sample,
} from '@gridclock/grid-protocol';

/** A substation's load, capacity and, where known, the part reserved for high priority. In kW. */
export type LoadReport = { load: number; capacity: number; reserve?: number | undefined };

/** The result of a poll. */
export type PollReport = LoadReport & {
  draining?: boolean;
  /** Undefined where the substation does not say. */
  life?: string;
};

/** The result of a poll, with the substation's own name where its metrics contain one. */
export type SubstationReport = PollReport & {
  name: string | undefined;
  /** Whether its sessions outlive its process. */
  durable?: boolean;
};

/** The metrics that a report is read from. */
export const reportedMetrics = [
  names.currentLoad,
  names.maxCapacity,
  names.highPriorityReserve,
  names.draining,
  names.info,
  names.life,
  names.durable,
] as const;

/**
 * Parses a substation's `GET /metrics`.
 *
 * @throws Error when load or capacity is missing, negative or not finite: such a page does not prove health
 */
export function parseReport(text: string): SubstationReport {
  const samples = new Map<string, Sample>();
  for (const sample of readSamples(text, 'substation_')) samples.set(sample.name, sample);
  const optional = (name: string) => {
    const value = samples.get(name)?.value;
    return value !== undefined && Number.isFinite(value) && value >= 0 ? value : undefined;
  };
  const required = (name: string) => {
    const value = optional(name);
    if (value === undefined) throw new Error(`metrics contain no usable ${name}`);
    return value;
  };
  const life = lifeFromNumber(samples.get(names.life)?.value ?? Number.NaN);
  return {
    load: required(names.currentLoad),
    capacity: required(names.maxCapacity),
    reserve: optional(names.highPriorityReserve) ?? 0,
    draining: samples.get(names.draining)?.value === 1,
    name: samples.get(names.info)?.labels.get('substation_id'),
    ...(life === undefined ? {} : { life, durable: samples.get(names.durable)?.value === 1 }),
  };
}
