import type { ServiceFault } from '../container-fault-injector.ts';
import type { Attempt, DriverLog } from './drivers.ts';
import type { ObservedSession, SubstationIncarnation } from './substation-incarnation.ts';

/** The record of one run of the grid under faults. */
export type GridEvidence = {
  drivers: readonly DriverLog[];
  /** Every observed incarnation of every substation. */
  incarnations: readonly SubstationIncarnation[];
  faults: readonly Readonly<ServiceFault>[];
  /** The service that drivers send requests to. */
  entry: string;
};

/** Violations, one sentence each. */
export type GridFindings = {
  chargedTwice: readonly string[];
  overloaded: readonly string[];
  /** Differences between the responses to drivers and the counters of substations that kept their disk. */
  mismatches: readonly string[];
  /** Unexpected responses, and connections that failed although the entry was up. */
  badResponses: readonly string[];
};

/** More than rounding errors ever add up to, and less than any vehicle takes, in kW. */
const ROUNDING_KW = 0.001;

/** Checks the record of a run for violations. */
export function checkGridEvidence(evidence: GridEvidence): GridFindings {
  return {
    chargedTwice: findChargedTwice(evidence),
    overloaded: evidence.incarnations
      .filter(({ capacity, highestLoad }) => highestLoad > capacity + ROUNDING_KW)
      .map(({ capacity, highestLoad, substation }) => `${substation}: ${highestLoad} kW of ${capacity} kW`),
    mismatches: survivors(evidence).flatMap((incarnation) => findMismatches(incarnation, evidence.drivers)),
    badResponses: findBadResponses(evidence),
  };
}

/** The incarnations that did not lose their disk: their last counters are complete. */
export function survivors({
  faults,
  incarnations,
}: Pick<GridEvidence, 'faults' | 'incarnations'>): SubstationIncarnation[] {
  return incarnations.filter((incarnation) => lostAt(incarnation, faults) === undefined);
}

/** When an incarnation lost its disk, in milliseconds since 1970; a kill alone ends no session. */
function lostAt(
  { startedAt, substation }: SubstationIncarnation,
  faults: readonly Readonly<ServiceFault>[],
): number | undefined {
  const fatal = faults.filter(
    ({ kind, requestedAt, service }) => service === substation && kind === 'wipe' && requestedAt >= startedAt,
  );
  return fatal.length === 0 ? undefined : Math.min(...fatal.map(({ requestedAt }) => requestedAt));
}

/** Finds vehicles charged a second time although no lost disk had ended their earlier session. */
function findChargedTwice({ faults, incarnations }: GridEvidence): string[] {
  const byVehicle = new Map<string, { session: ObservedSession; endedAt: number | undefined }[]>();
  for (const incarnation of incarnations) {
    const endedAt = lostAt(incarnation, faults);
    for (const session of incarnation.sessions.values()) {
      const others = byVehicle.get(session.vehicle);
      if (others === undefined) byVehicle.set(session.vehicle, [{ session, endedAt }]);
      else others.push({ session, endedAt });
    }
  }
  return [...byVehicle].flatMap(([vehicle, charges]) => {
    charges.sort((a, b) => a.session.startedAt - b.session.startedAt);
    return charges.slice(1).flatMap(({ session }, index) =>
      charges
        .slice(0, index + 1)
        .filter(({ endedAt }) => endedAt === undefined || endedAt > session.startedAt)
        .map((earlier) => `${vehicle} was charged as ${earlier.session.id} and as ${session.id}`),
    );
  });
}

/** Compares an incarnation's sessions and counters with the acceptances that drivers received. */
function findMismatches(incarnation: SubstationIncarnation, drivers: readonly DriverLog[]): string[] {
  const { accepted, acceptedKw, life, sessions, substation } = incarnation;
  const reported = new Map<string, string>();
  let reportedKw = 0;
  for (const { attempts, vehicle } of drivers) {
    const last = attempts.at(-1)?.outcome;
    if (last?.kind !== 'accepted' || !last.sessionId.startsWith(`${substation}~${life}.`)) continue;
    reported.set(last.sessionId, vehicle);
    reportedKw += last.chargeKw;
  }
  const unreported = [...sessions.values()].filter(({ id, vehicle }) => reported.get(id) !== vehicle);
  const ambiguous = new Set(drivers.filter((log) => log.ambiguous).map(({ vehicle }) => vehicle));
  const excused = unreported.filter(({ vehicle }) => ambiguous.has(vehicle));
  const expected = reported.size + excused.length;
  const expectedKw = excused.reduce((sum, { kw }) => sum + kw, reportedKw);
  const findings = unreported
    .filter((session) => !excused.includes(session))
    .map(({ id, vehicle }) => `${vehicle} was charged as ${id}, but its driver got no acceptance`);
  if (accepted !== expected || Math.abs(acceptedKw - expectedKw) > ROUNDING_KW) {
    findings.push(
      `${substation} counted ${accepted} charges and ${acceptedKw} kW, drivers ${expected} and ${expectedKw} kW`,
    );
  }
  if (sessions.size !== accepted) {
    findings.push(`${substation} counted ${accepted} charges, but ${sessions.size} were observed`);
  }
  return findings;
}

function findBadResponses({ drivers, entry, faults }: GridEvidence): string[] {
  const responses = drivers
    .flatMap(({ attempts }) => attempts)
    .filter(({ outcome }) => outcome.kind !== 'unreachable' && outcome.kind !== 'abandoned');
  const outages = faults.filter(({ service }) => service === entry);
  // An outage lasts until a request sent after the fault gets a response: a restarted process takes time to start.
  const isExcused = ({ sentAt, settledAt }: Attempt) =>
    outages.some(
      ({ requestedAt, endedAt = Number.POSITIVE_INFINITY }) =>
        requestedAt <= settledAt &&
        !responses.some((other) => other.sentAt >= endedAt && other.settledAt <= sentAt),
    );
  const isLost = (substation: string, until: number) =>
    faults.some(
      ({ kind, requestedAt, service }) => service === substation && kind === 'wipe' && requestedAt <= until,
    );
  return drivers.flatMap(({ ambiguous, attempts, vehicle }) => {
    const bad = attempts.flatMap((attempt) => {
      const { outcome } = attempt;
      if (outcome.kind === 'interrupted' && !isLost(outcome.substationId, attempt.settledAt)) {
        return [`${vehicle} got an interruption at ${outcome.substationId}, which kept its disk`];
      }
      if (outcome.kind === 'failed' && outcome.retry === undefined) {
        return [`${vehicle} got an unexpected response: ${outcome.reason}`];
      }
      if (outcome.kind !== 'unreachable' || isExcused(attempt)) return [];
      return [`${vehicle} got no response although the entry was up: ${outcome.reason}`];
    });
    const last = attempts.at(-1)?.outcome;
    const isDefinite = last?.kind === 'accepted' || last?.kind === 'rejected' || last?.kind === 'interrupted';
    if (!ambiguous && !isDefinite) {
      bad.push(`${vehicle} never got a definite response`);
    }
    return bad;
  });
}
