/** @jsxRuntime automatic @jsxImportSource preact */
import { type Provenance, ProvenanceList, reportDocument } from '@gridclock/ui-kit/report';
import type { Run } from '../../workload/recorder.ts';
import type { Assessment } from '../assessment/assessment.ts';
import { Findings } from './findings.tsx';
import { LatencySection } from './latency-section.tsx';
import { LoadInUseSection, LoadSection, SubstationsSection } from './load-sections.tsx';
import { NotAcceptedSection, ReconciliationSection } from './outcome-sections.tsx';
import { PrioritySection } from './priority-section.tsx';
import { Tiles } from './tiles.tsx';

/** The content of the page. */
export type Page = {
  title: string;
  plan: string;
  run: Run;
  assessment: Assessment;
  provenance?: Provenance;
};

const styles = [new URL('page.css', import.meta.url)];

/** Renders a run as one self-contained HTML document: no scripts, fonts or other files. */
export function renderPage({ title, plan, run, assessment, provenance }: Page): string {
  return reportDocument({
    title,
    styles,
    children: (
      <>
        <h1>{title}</h1>
        <Findings assessment={assessment} />
        <p class="plan">{plan}</p>
        {provenance !== undefined && <ProvenanceList {...provenance} />}
        <Tiles assessment={assessment} />
        <LoadInUseSection run={run} assessment={assessment} />
        <SubstationsSection run={run} assessment={assessment} />
        <LoadSection run={run} />
        <LatencySection run={run} />
        <PrioritySection run={run} />
        <NotAcceptedSection assessment={assessment} />
        <ReconciliationSection assessment={assessment} />
      </>
    ),
  });
}
