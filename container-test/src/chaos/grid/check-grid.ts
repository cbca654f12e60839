import type { Blow } from '../container-fault-injector.ts';
import type { Attempt, Drive } from './drivers.ts';
import type { Life, SeenSession } from './substation-incarnation.ts';

export type GridEvidence = {
  drives: readonly Drive[];
  /** Every life of every substation that was seen. */
  lives: readonly Life[];
  blows: readonly Readonly<Blow>[];
  /** The service that drivers ask. */
  entry: string;
};

/** What is wrong, one sentence each. */
export type GridFindings = {
  chargedTwice: readonly string[];
  overfilled: readonly string[];
  /** What drivers were told against what substations counted that have lived to the end. */
  disagreements: readonly string[];
  /** Answers that no driver should get, and connections that failed though the entry was up. */
  badAnswers: readonly string[];
};

/** More than sums of fractions are ever off by, and less than any vehicle takes, in kW. */
const ROUNDING_KW = 0.001;

/** Judges what happened to drivers while a grid was struck. */
export function judgeGrid(evidence: GridEvidence): GridFindings {
  return {
    chargedTwice: findChargedTwice(evidence),
    overfilled: evidence.lives
      .filter(({ capacity, highestLoad }) => highestLoad > capacity + ROUNDING_KW)
      .map(({ capacity, highestLoad, substation }) => `${substation}: ${highestLoad} kW of ${capacity} kW`),
    disagreements: survivors(evidence).flatMap((life) => findDisagreements(life, evidence.drives)),
    badAnswers: findBadAnswers(evidence),
  };
}

/** The lives that nothing ended: what they have counted is all there ever was. */
export function survivors({ blows, lives }: Pick<GridEvidence, 'blows' | 'lives'>): Life[] {
  return lives.filter((life) => endOf(life, blows) === undefined);
}

/** When a life was ended by a strike, in milliseconds since 1970; it had ended a moment later at most. */
function endOf({ startedAt, substation }: Life, blows: readonly Readonly<Blow>[]): number | undefined {
  const deadly = blows.filter(
    ({ asked, kind, service }) =>
      service === substation && (kind === 'kill' || kind === 'crash') && asked >= startedAt,
  );
  return deadly.length === 0 ? undefined : Math.min(...deadly.map(({ asked }) => asked));
}

/** A vehicle may be charged anew only where what it was charged by before had been killed. */
function findChargedTwice({ blows, lives }: GridEvidence): string[] {
  const byVehicle = new Map<string, { session: SeenSession; endedAt: number | undefined }[]>();
  for (const life of lives) {
    const endedAt = endOf(life, blows);
    for (const session of life.sessions.values()) {
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

function findDisagreements(life: Life, drives: readonly Drive[]): string[] {
  const told = new Map<string, string>();
  let toldKw = 0;
  for (const { attempts, vehicle } of drives) {
    const last = attempts.at(-1)?.answer;
    if (last?.kind !== 'charged' || !last.session.startsWith(`${life.substation}~`)) continue;
    if (last.startedAt < life.startedAt) continue;
    told.set(last.session, vehicle);
    toldKw += last.kw;
  }
  const untold = [...life.sessions.values()].filter(({ id, vehicle }) => told.get(id) !== vehicle);
  const stranded = new Set(drives.filter((drive) => drive.stranded).map(({ vehicle }) => vehicle));
  const excused = untold.filter(({ vehicle }) => stranded.has(vehicle));
  const expected = told.size + excused.length;
  const expectedKw = excused.reduce((sum, { kw }) => sum + kw, toldKw);
  const findings = untold
    .filter((session) => !excused.includes(session))
    .map(({ id, vehicle }) => `${vehicle} was charged as ${id} and its driver was not told`);
  if (life.accepted !== expected || Math.abs(life.acceptedKw - expectedKw) > ROUNDING_KW) {
    findings.push(
      `${life.substation} counted ${life.accepted} charges and ${life.acceptedKw} kW, drivers were told of ${expected} and ${expectedKw} kW`,
    );
  }
  if (life.sessions.size !== life.accepted)
    findings.push(`${life.substation} counted ${life.accepted} charges, ${life.sessions.size} were seen`);
  return findings;
}

function findBadAnswers({ blows, drives, entry }: GridEvidence): string[] {
  const attempts = drives.flatMap(({ attempts }) => attempts);
  const answered = attempts.filter(({ answer }) => answer.kind !== 'fault');
  const outages = blows.filter(({ service }) => service === entry);
  // From the blow until the first question after it that was answered: a process that was started takes its time.
  const isExcused = ({ from, to }: Attempt) =>
    outages.some(
      ({ asked, over = Number.POSITIVE_INFINITY }) =>
        asked <= to && !answered.some((other) => other.from >= over && other.to <= from),
    );
  return drives.flatMap(({ attempts, stranded, vehicle }) => {
    const bad = attempts.flatMap((attempt) => {
      const { answer } = attempt;
      if (answer.kind === 'odd') return [`${vehicle} was answered ${answer.reason}`];
      if (answer.kind !== 'fault' || isExcused(attempt)) return [];
      return [`${vehicle} was not answered though the entry was up: ${answer.reason}`];
    });
    const last = attempts.at(-1)?.answer;
    if (!stranded && last?.kind !== 'charged' && last?.kind !== 'full')
      bad.push(`${vehicle} never learnt what became of it`);
    return bad;
  });
}
