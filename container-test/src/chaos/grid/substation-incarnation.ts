import { readMetric, sessionListSchema, substationMetrics } from '@gridclock/grid-protocol';
import { z } from 'zod';

/** A session as the substation shows it. `startedAt` in milliseconds since 1970. */
export type SeenSession = { id: string; vehicle: string; kw: number; startedAt: number };

/** What was seen of a substation from one start of its container to the next. Powers in kW. */
export type Life = {
  substation: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Every session that ever ran, by id. */
  sessions: Map<string, SeenSession>;
  /** What it had counted when it was looked at last. */
  accepted: number;
  acceptedKw: number;
  capacity: number;
  /** The most that its sessions, or its own metric, ever came to. */
  highestLoad: number;
  looks: number;
};

const lookSchema = z.object({ sessions: sessionListSchema.shape.sessions, metrics: z.string() });

export function newLife(substation: string, startedAt: number): Life {
  const none = { accepted: 0, acceptedKw: 0, capacity: 0, highestLoad: 0, looks: 0 };
  return { substation, startedAt, sessions: new Map(), ...none };
}

/**
 * Adds one look, as report-sessions.mjs writes it.
 *
 * @throws Error when it is not one
 */
export function addLook(life: Life, line: string): void {
  const { metrics, sessions } = lookSchema.parse(JSON.parse(line));
  const read = (name: string) => {
    const value = readMetric(metrics, name);
    if (value === undefined) throw new Error(`${life.substation} does not tell ${name}`);
    return value;
  };
  for (const { charge_amount, session_id, start_time, vehicle_id } of sessions) {
    const session = { vehicle: vehicle_id, kw: charge_amount, startedAt: Date.parse(start_time) };
    life.sessions.set(session_id, { id: session_id, ...session });
  }
  const running = sessions.reduce((sum, { charge_amount }) => sum + charge_amount, 0);
  life.highestLoad = Math.max(life.highestLoad, running, read(substationMetrics.currentLoad));
  life.capacity = read(substationMetrics.maxCapacity);
  life.accepted = read(substationMetrics.accepted);
  life.acceptedKw = read(substationMetrics.acceptedKilowatts);
  life.looks += 1;
}
