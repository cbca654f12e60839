import type { Comparison, Contender } from './compare.ts';

/** What the contract asks for, and every other policy is measured by. */
const DEFAULT_POLICY: Contender = 'least-load';

/** The columns' names. */
export function tableHead(): string {
  const head = row('policy', 'accepted / bound', 'rejected', 'spread of utilisation', 'hops / request');
  return `${head}\n${'-'.repeat(head.length)}`;
}

/** One group of rows; a star marks the most accepted load. */
export function tableGroup(group: readonly Comparison[]): string {
  const most = Math.max(...group.map(({ shareOfBound }) => shareOfBound));
  const lines = group.map((one) =>
    row(
      one.contender,
      `${one.shareOfBound.toFixed(3)} ${one.shareOfBound === most ? '*' : ' '}`,
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

/** Says which policies accept more than the default one in every group, and by how much. */
export function verdict(groups: readonly (readonly Comparison[])[]): string {
  const gains = new Map<Contender, number[]>();
  for (const group of groups) {
    const standard = group.find(({ contender }) => contender === DEFAULT_POLICY)?.shareOfBound ?? 0;
    for (const { contender, shareOfBound } of group) {
      gains.set(contender, [...(gains.get(contender) ?? []), shareOfBound - standard]);
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

function row(...cells: [string, string, string, string, string]): string {
  const [policy, share, rejected, spread, hops] = cells;
  return `  ${policy.padEnd(18)} ${share.padStart(18)} ${rejected.padStart(10)} ${spread.padStart(23)} ${hops.padStart(16)}`.trimEnd();
}
