/** @jsxRuntime automatic @jsxImportSource preact */
import { type Provenance, ProvenanceList } from '@gridclock/ui-kit/report';
import { failedProperties, type Judgement, type ProbeResult, type PropertyVerdict } from '../verdict.ts';

/** Goes with `JudgementHeader` and `PropertyTable`. */
export const overviewStyle = new URL('judgement-overview.css', import.meta.url);

/** The head of a judgement's page: the verdict, and what was judged. */
export function JudgementHeader({
  title,
  judgement: { dialect, profile, properties, subject },
  provenance,
}: {
  title: string;
  judgement: Judgement;
  provenance: Provenance | undefined;
}) {
  const failed = failedProperties({ properties });
  return (
    <header>
      <h1>{title}</h1>
      <p class={`verdict ${failed.length === 0 ? 'pass' : 'fail'}`}>
        {failed.length === 0 ? 'Right' : `Wrong in ${failed.length} of ${properties.length} properties`}
      </p>
      <dl class="subject">
        <dt>judged</dt>
        <dd>
          <code>{subject}</code>
        </dd>
        <dt>profile</dt>
        <dd>{profile}</dd>
        {dialect.length > 0 && (
          <>
            <dt>dialect</dt>
            <dd>{dialect.join('; ')}</dd>
          </>
        )}
      </dl>
      {provenance !== undefined && <ProvenanceList {...provenance} />}
    </header>
  );
}

const badges = { passed: 'accept', failed: 'reject', 'not judged': '' } as const;
const words = { passed: 'PASS', failed: 'FAIL', 'not judged': 'SKIP' } as const;

/** The verdict on each property, with why it failed or was not judged. */
export function PropertyTable({ verdicts }: { verdicts: readonly PropertyVerdict[] }) {
  return (
    <table class="properties">
      <thead>
        <tr>
          <th scope="col">property</th>
          <th scope="col">verdict</th>
          <th scope="col">what it asks for</th>
        </tr>
      </thead>
      <tbody>
        {verdicts.map(({ property, claim, outcome, probes }) => (
          <tr key={property}>
            <th scope="row">{property}</th>
            <td>
              <span class={`badge result ${badges[outcome]}`}>{words[outcome]}</span>
            </td>
            <td>
              {claim}
              {remarks(probes).map((remark) => (
                <p class="soft" key={remark}>
                  {remark}
                </p>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function remarks(probes: readonly ProbeResult[]): string[] {
  const all = probes.flatMap(({ outcome, reason, notes }) => [
    ...(outcome === 'passed' || reason === undefined ? [] : [reason]),
    ...notes,
  ]);
  return [...new Set(all)];
}
