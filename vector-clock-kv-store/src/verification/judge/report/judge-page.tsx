/** @jsxRuntime automatic @jsxImportSource preact */
import { type Provenance, ProvenanceList, reportDocument } from '@gridclock/ui-kit/report';
import type { Layout } from '../../../space-time/layout.ts';
import { Definitions, Legend } from '../../../space-time/legend.tsx';
import { layOutSection, SectionView } from '../../space-time/report-page.tsx';
import { ViolationView, verdictStyle } from '../../verdict-picture/verdict-view.tsx';
import { properties } from '../properties.ts';
import { failedProperties, type Judgement, type ProbeResult, type PropertyVerdict } from '../verdict.ts';

const styles = [
  new URL('../../../space-time/space-time.css', import.meta.url),
  new URL('../../space-time/report-page.css', import.meta.url),
  verdictStyle,
  new URL('judge-page.css', import.meta.url),
];

type Failure = { probe: ProbeResult; layout: Layout };

/** Builds a self-contained page: the verdict on each property, and the run and the diagram of each failure. */
export function judgePage(judgement: Judgement, provenance?: Provenance): string {
  const failed = failedProperties(judgement);
  const failures = judgement.properties
    .flatMap(({ probes }) => probes)
    .filter(({ outcome }) => outcome === 'failed')
    .map((probe): Failure => ({ probe, layout: layOutSection(sectionOf(probe)) }));
  return reportDocument({
    title: 'Judgement of a key-value store',
    styles,
    children: (
      <>
        <header>
          <h1>Judgement of a key-value store</h1>
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
        {failures.length > 0 && <Legend lanes={failures[0]?.layout.lanes ?? []} />}
        <Definitions />
        {failures.map((failure, index) => (
          <FailureView {...failure} id={`failure-${index}`} key={failure.probe.summary} />
        ))}
      </>
    ),
  });
}

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
        {verdicts.map(({ property, outcome, probes }) => (
          <tr key={property}>
            <th scope="row">{property}</th>
            <td>
              <span class={`badge result ${badges[outcome]}`}>{words[outcome]}</span>
            </td>
            <td>
              {properties[property]}
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

const badges = { passed: 'accept', failed: 'reject', 'not judged': '' } as const;
const words = { passed: 'PASS', failed: 'FAIL', 'not judged': 'SKIP' } as const;

function remarks(probes: readonly ProbeResult[]): string[] {
  return probes.flatMap(({ outcome, reason, notes }) => [
    ...(outcome === 'passed' || reason === undefined ? [] : [reason]),
    ...notes,
  ]);
}

function FailureView({ probe, layout, id }: Failure & { id: string }) {
  return (
    <>
      <SectionView section={sectionOf(probe)} layout={layout} id={id} />
      {probe.violation !== undefined && (
        <section class="card pattern">
          <ViolationView violation={probe.violation} />
        </section>
      )}
    </>
  );
}

function sectionOf({ property, summary, steps, recording }: ProbeResult) {
  return {
    name: property,
    summary,
    passed: false,
    steps,
    recording: recording ?? { events: [], gaps: [] },
  };
}
