import type { Comparison, Contender } from './compare.ts';

/** The contract's policy, with which the others are compared. */
const DEFAULT_POLICY: Contender = 'least-load';

/** Formats the header of the table. */
export function formatTableHeader(): string {
  const header = formatRow('policy', 'accepted / bound', 'rejected', 'utilisation spread', 'hops / request');
  return `${header}\n${'-'.repeat(header.length)}`;
}

/** Formats one group of rows. A star marks the most accepted load. */
export function formatTableGroup(group: readonly Comparison[]): string {
  const best = Math.max(...group.map(({ shareOfBound }) => shareOfBound));
  const lines = group.map((one) =>
    formatRow(
      one.contender,
      `${one.shareOfBound.toFixed(3)} ${one.shareOfBound === best ? '*' : ' '}`,
      `${(100 * one.shareRejected).toFixed(1)} %`,
      `${(100 * one.utilizationSpread).toFixed(1)} points`,
      one.hopsPerRequest.toFixed(2),
    ),
  );
  const [first] = group;
  if (first === undefined) return '';
  return [`\n${first.substations} substations, ${first.traffic}, ${first.requests} requests`, ...lines].join(
    '\n',
  );
}

/** Formats which policies accept more than the default in every group, and by how much. */
export function formatConclusion(groups: readonly (readonly Comparison[])[]): string {
  const gains = new Map<Contender, number[]>();
  for (const group of groups) {
    const baseline = group.find(({ contender }) => contender === DEFAULT_POLICY)?.shareOfBound ?? 0;
    for (const { contender, shareOfBound } of group) {
      gains.set(contender, [...(gains.get(contender) ?? []), shareOfBound - baseline]);
    }
  }
  const better = [...gains].filter(([, gain]) => gain.length > 0 && Math.min(...gain) > 0);
  if (better.length === 0) return `No policy accepts more than ${DEFAULT_POLICY} in every group.`;
  return better
    .map(([contender, gain]) => {
      const [least, most] = [Math.min(...gain), Math.max(...gain)].map(
        (share) => `${(100 * share).toFixed(1)}`,
      );
      return `${contender} accepts more than ${DEFAULT_POLICY} in every group, by ${least} to ${most} % of the bound.`;
    })
    .join('\n');
}

function formatRow(...cells: [string, string, string, string, string]): string {
  const [policy, share, rejected, spread, hops] = cells;
  return `  ${policy.padEnd(18)} ${share.padStart(18)} ${rejected.padStart(10)} ${spread.padStart(23)} ${hops.padStart(16)}`.trimEnd();
}
