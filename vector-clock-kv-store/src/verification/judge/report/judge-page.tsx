/** @jsxRuntime automatic @jsxImportSource preact */
import { JudgementHeader, overviewStyle, PropertyTable } from '@gridclock/judge-kit/page';
import { type Provenance, reportDocument } from '@gridclock/ui-kit/report';
import type { Layout } from '../../../space-time/layout.ts';
import { Definitions, Legend } from '../../../space-time/legend.tsx';
import { layOutSection, SectionView } from '../../space-time/report-page.tsx';
import { ViolationView, verdictStyle } from '../../verdict-picture/verdict-view.tsx';
import type { Judgement, ProbeResult } from '../verdict.ts';

const styles = [
  new URL('../../../space-time/space-time.css', import.meta.url),
  new URL('../../space-time/report-page.css', import.meta.url),
  verdictStyle,
  overviewStyle,
  new URL('judge-page.css', import.meta.url),
];

const TITLE = 'Judgement of a key-value store';

type Failure = { probe: ProbeResult; layout: Layout };

/** Builds a self-contained page: the verdict on each property, and the run and the diagram of each failure. */
export function judgePage(judgement: Judgement, provenance?: Provenance): string {
  const failures = judgement.properties
    .flatMap(({ probes }) => probes)
    .filter(({ outcome }) => outcome === 'failed')
    .map((probe): Failure => ({ probe, layout: layOutSection(sectionOf(probe)) }));
  return reportDocument({
    title: TITLE,
    styles,
    children: (
      <>
        <JudgementHeader title={TITLE} judgement={judgement} provenance={provenance} />
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
