/** @jsxRuntime automatic @jsxImportSource preact */
import { type Provenance, ProvenanceList, reportDocument } from '@gridclock/ui-kit/report';
import {
  failedProperties,
  type Judgement,
  type ProbeResult,
  type PropertyVerdict,
  type Step,
} from '../kit/verdict.ts';

const styles = [new URL('judge-page.css', import.meta.url)];

/** Builds a self-contained page: the verdict on each property, and the run of each failure. */
export function judgePage(judgement: Judgement, provenance?: Provenance): string {
  const failed = failedProperties(judgement);
  const failures = judgement.properties
    .flatMap(({ probes }) => probes)
    .filter(({ outcome }) => outcome === 'failed');
  return reportDocument({
    title: 'Judgement of a grid',
    styles,
    children: (
      <>
        <header>
          <h1>Judgement of a grid</h1>
          <p class={`verdict ${failed.length === 0 ? 'pass' : 'fail'}`}>
            {failed.length === 0
              ? 'Right'
              : `Wrong in ${failed.length} of ${judgement.properties.length} properties`}
          </p>
          <dl class="subject">
            <dt>judged</dt>
            <dd>
              <code>{judgement.subject}</code>
            </dd>
            <dt>profile</dt>
            <dd>{judgement.profile}</dd>
            {judgement.dialect.length > 0 && (
              <>
                <dt>dialect</dt>
                <dd>{judgement.dialect.join('; ')}</dd>
              </>
            )}
          </dl>
          {provenance !== undefined && <ProvenanceList {...provenance} />}
        </header>
        <section class="card">
          <PropertyTable verdicts={judgement.properties} />
        </section>
        {failures.map((probe) => (
          <Failure probe={probe} key={`${probe.property} ${probe.summary}`} />
        ))}
      </>
    ),
  });
}

const badges = { passed: 'accept', failed: 'reject', 'not judged': '' } as const;
const words = { passed: 'PASS', failed: 'FAIL', 'not judged': 'SKIP' } as const;

function PropertyTable({ verdicts }: { verdicts: readonly PropertyVerdict[] }) {
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

function Failure({ probe: { property, summary, why, steps } }: { probe: ProbeResult }) {
  return (
    <section class="card failure">
      <div class="head">
        <h2>{property}</h2>
        <span class="badge result reject">FAIL</span>
      </div>
      <p>{summary}</p>
      {why !== undefined && <p class="why soft">{why}</p>}
      <ol class="steps">
        {steps.map((step, index) => (
          <StepView step={step} key={`${index} ${step.text}`} />
        ))}
      </ol>
    </section>
  );
}

/** Steps that begin with spaces are what the judge's own substations receive, in the course of a step before. */
function StepView({ step: { kind, text, result } }: { step: Step }) {
  const shown = typeof result === 'string' ? result : JSON.stringify(result);
  return (
    <li class={text.startsWith(' ') ? `${kind} received` : kind}>
      {text.trim()}
      {shown !== undefined && (
        <>
          {kind === 'failed' ? ' but got ' : ' → '}
          <code>{shown}</code>
        </>
      )}
    </li>
  );
}
