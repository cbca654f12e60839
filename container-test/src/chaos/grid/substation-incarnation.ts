import { lifeFromNumber, readMetric, sessionListSchema, substationMetrics } from '@gridclock/grid-protocol';
import { z } from 'zod';

/** A session as its substation reports it. `startedAt` is in milliseconds since 1970. */
export type ObservedSession = { id: string; vehicle: string; kw: number; startedAt: number };

/**
 * What was observed of a substation in one of its lives: until it lost its disk. Its container may have been killed and
 * restarted meanwhile. Power is in kW.
 */
export type SubstationIncarnation = {
  substation: string;
  /** Part of its sessions' ids. */
  life: string;
  /** When the container of the first observation had started, in milliseconds since 1970. */
  startedAt: number;
  /** All sessions that ever ran, by id, without those that ran at the start. */
  sessions: Map<string, ObservedSession>;
  /** Sessions that ran at the start of the run. */
  earlier: Set<string>;
  /** The counters at the start of the run. */
  before: { accepted: number; acceptedKw: number };
  /** What the counters have added since, at the latest observation. */
  accepted: number;
  acceptedKw: number;
  capacity: number;
  /** The highest of all sums of its sessions and all values of its load metric. */
  highestLoad: number;
  observations: number;
};

const observationSchema = z.object({ sessions: sessionListSchema.shape.sessions, metrics: z.string() });

/** One observation: a substation's sessions and its own metrics. */
export type Observation = z.output<typeof observationSchema>;

/** An incarnation without observations. */
export function newIncarnation(substation: string, life: string, startedAt: number): SubstationIncarnation {
  const zero = { accepted: 0, acceptedKw: 0, capacity: 0, highestLoad: 0, observations: 0 };
  const before = { accepted: 0, acceptedKw: 0 };
  return { substation, life, startedAt, sessions: new Map(), earlier: new Set(), before, ...zero };
}

/**
 * Begins the incarnation in which a run finds a substation. What it has counted before does not belong to the run.
 *
 * @throws Error if the observation lacks something
 */
export function incarnationFound(
  substation: string,
  startedAt: number,
  observation: Observation,
): SubstationIncarnation {
  const incarnation = newIncarnation(substation, lifeIn(substation, observation), startedAt);
  incarnation.before = {
    accepted: read(substation, observation, substationMetrics.accepted),
    acceptedKw: read(substation, observation, substationMetrics.acceptedKilowatts),
  };
  for (const { session_id } of observation.sessions) incarnation.earlier.add(session_id);
  return incarnation;
}

/** Parses a line that report-sessions.mjs printed. @throws SyntaxError if it is not JSON */
export function parseObservation(line: string): Observation {
  return observationSchema.parse(JSON.parse(line));
}

/** The life of an observed substation. @throws Error if its metrics lack it */
export function lifeIn(substation: string, observation: Observation): string {
  const life = lifeFromNumber(read(substation, observation, substationMetrics.life));
  if (life === undefined) throw new Error(`${substation} exposes no valid ${substationMetrics.life}`);
  return life;
}

/** Adds one observation. @throws Error if it lacks something */
export function addObservation(incarnation: SubstationIncarnation, observation: Observation): void {
  const { before, earlier, substation } = incarnation;
  const { sessions } = observation;
  const readOwn = (name: string) => read(substation, observation, name);
  for (const { charge_amount, session_id, start_time, vehicle_id } of sessions) {
    const session = { vehicle: vehicle_id, kw: charge_amount, startedAt: Date.parse(start_time) };
    if (!earlier.has(session_id)) incarnation.sessions.set(session_id, { id: session_id, ...session });
  }
  const load = sessions.reduce((sum, { charge_amount }) => sum + charge_amount, 0);
  incarnation.highestLoad = Math.max(incarnation.highestLoad, load, readOwn(substationMetrics.currentLoad));
  incarnation.capacity = readOwn(substationMetrics.maxCapacity);
  incarnation.accepted = readOwn(substationMetrics.accepted) - before.accepted;
  incarnation.acceptedKw = readOwn(substationMetrics.acceptedKilowatts) - before.acceptedKw;
  incarnation.observations += 1;
}

function read(substation: string, { metrics }: Observation, name: string): number {
  const value = readMetric(metrics, name);
  if (value === undefined) throw new Error(`${substation} does not expose ${name}`);
  return value;
}
