/** One reported step of an experiment: an action, or an expectation that was met or not. */
export type Step = { kind: 'action' | 'passed' | 'failed'; text: string; result?: unknown };

/** One experiment and what came of it. */
export type ProbeResult = {
  property: string;
  summary: string;
  outcome: 'passed' | 'failed' | 'not judged';
  /** Why it failed or was not judged. */
  reason?: string;
  steps: readonly Step[];
  notes: readonly string[];
};

/** The verdict on one property: failed if one of its probes is, and not judged if none was. */
export type PropertyVerdict<Result extends ProbeResult = ProbeResult> = {
  property: string;
  /** What the property asks for. */
  claim: string;
  outcome: ProbeResult['outcome'];
  probes: readonly Result[];
};

/** The verdict on a program. */
export type Judgement<Result extends ProbeResult = ProbeResult> = {
  /** The judged commands or URLs. */
  subject: string;
  /** What was judged: the name of a profile, or the selected properties. */
  profile: string;
  /** Its deviations from the contract that are no faults. */
  dialect: readonly string[];
  properties: readonly PropertyVerdict<Result>[];
  elapsedMs: number;
};

/** Sums up the results of probes by property, in the order of the claims. */
export function sumUp<Result extends ProbeResult>(
  claims: Readonly<Record<string, string>>,
  results: readonly Result[],
): PropertyVerdict<Result>[] {
  return Object.entries(claims).map(([property, claim]) => {
    const probes = results.filter((result) => result.property === property);
    const has = (outcome: ProbeResult['outcome']) => probes.some((probe) => probe.outcome === outcome);
    const outcome = has('failed') ? 'failed' : has('passed') ? 'passed' : 'not judged';
    return { property, claim, probes, outcome };
  });
}

export function failedProperties({ properties }: Pick<Judgement, 'properties'>): string[] {
  return properties.filter(({ outcome }) => outcome === 'failed').map(({ property }) => property);
}

/** Says what is judged: a profile, or only some properties. */
export function describeScope(profile: string, only: readonly string[] | undefined): string {
  return only === undefined ? profile : `only ${only.join(', ')}`;
}
