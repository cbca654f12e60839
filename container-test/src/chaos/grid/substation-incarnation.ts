import { readMetric, sessionListSchema, substationMetrics } from '@gridclock/grid-protocol';
import { z } from 'zod';

/** A session as its substation reports it. `startedAt` is in milliseconds since 1970. */
export type ObservedSession = { id: string; vehicle: string; kw: number; startedAt: number };

/** What was observed of a substation from one start of its container to the next. Power is in kW. */
export type SubstationIncarnation = {
  substation: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** All sessions that ever ran, by id. */
  sessions: Map<string, ObservedSession>;
  /** The counters at the latest observation. */
  accepted: number;
  acceptedKw: number;
  capacity: number;
  /** The highest of all sums of its sessions and all values of its load metric. */
  highestLoad: number;
  observations: number;
};

const observationSchema = z.object({ sessions: sessionListSchema.shape.sessions, metrics: z.string() });

/** An incarnation without observations. */
export function newIncarnation(substation: string, startedAt: number): SubstationIncarnation {
  const zero = { accepted: 0, acceptedKw: 0, capacity: 0, highestLoad: 0, observations: 0 };
  return { substation, startedAt, sessions: new Map(), ...zero };
}

/**
 * Adds one observation, a line that report-sessions.mjs printed.
 *
 * @throws SyntaxError if the line is not JSON; Error if it lacks something
 */
export function addObservation(incarnation: SubstationIncarnation, line: string): void {
  const { metrics, sessions } = observationSchema.parse(JSON.parse(line));
  const read = (name: string) => {
    const value = readMetric(metrics, name);
    if (value === undefined) throw new Error(`${incarnation.substation} does not expose ${name}`);
    return value;
  };
  for (const { charge_amount, session_id, start_time, vehicle_id } of sessions) {
    const session = { vehicle: vehicle_id, kw: charge_amount, startedAt: Date.parse(start_time) };
    incarnation.sessions.set(session_id, { id: session_id, ...session });
  }
  const load = sessions.reduce((sum, { charge_amount }) => sum + charge_amount, 0);
  incarnation.highestLoad = Math.max(incarnation.highestLoad, load, read(substationMetrics.currentLoad));
  incarnation.capacity = read(substationMetrics.maxCapacity);
  incarnation.accepted = read(substationMetrics.accepted);
  incarnation.acceptedKw = read(substationMetrics.acceptedKilowatts);
  incarnation.observations += 1;
}
