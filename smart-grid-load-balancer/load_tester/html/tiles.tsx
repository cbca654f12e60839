/** @jsxRuntime automatic @jsxImportSource preact */
import type { Assessment } from '../assessment/assessment.ts';
import { isImpossible } from '../assessment/thresholds.ts';

type Tile = { value: string; name: string; verdict?: 'pass' | 'fail' | undefined };

/** The figures of a run, and whether it met its thresholds. */
export function Tiles({ assessment }: { assessment: Assessment }) {
  const tiles = [...figures(assessment), ...thresholds(assessment)];
  return (
    <div class="tiles">
      {tiles.map(({ value, name, verdict }) => (
        <div class="tile card" key={name}>
          <b class={verdict}>{value}</b>
          <span>{name}</span>
        </div>
      ))}
    </div>
  );
}

function figures({ summary, shareOfBound, reconciliation }: Assessment): Tile[] {
  const { accepted, total, acceptedKw, requestedKw, latency, failed, abandoned } = summary;
  return [
    {
      value: shareOfBound?.toFixed(3) ?? 'unknown',
      verdict: isImpossible(shareOfBound) ? 'fail' : undefined,
      name: 'of the most load that any routing of an empty grid could accept',
    },
    { value: `${accepted} of ${total}`, name: 'requests accepted' },
    { value: `${Math.round(acceptedKw)} kW`, name: `accepted of ${Math.round(requestedKw)} kW requested` },
    { value: latency === undefined ? 'none' : `${latency.p99.toFixed(1)} ms`, name: 'p99 response time' },
    { value: `${failed}`, name: 'failed', verdict: failed > 0 ? 'fail' : undefined },
    {
      value: reconciliation === undefined ? 'unknown' : `${reconciliation.difference.accepted}`,
      verdict: reconciliation !== undefined && reconciliation.difference.accepted > 0 ? 'fail' : undefined,
      name: 'acceptances on which clients and substations differ',
    },
    ...(abandoned > 0 ? [{ value: `${abandoned}`, name: 'abandoned: the run was interrupted' }] : []),
  ];
}

function thresholds({ thresholds: results }: Assessment): Tile[] {
  return results.map(({ name, limit, actual, passed }) => ({
    value: passed ? 'PASS' : 'FAIL',
    name: `${name}: ${actual}, ${limit}`,
    verdict: passed ? 'pass' : 'fail',
  }));
}
