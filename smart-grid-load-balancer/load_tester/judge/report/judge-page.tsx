/** @jsxRuntime automatic @jsxImportSource preact */
import type { Step } from '@gridclock/judge-kit';
import { JudgementHeader, overviewStyle, PropertyTable } from '@gridclock/judge-kit/page';
import { type Provenance, ProvenanceList, reportDocument } from '@gridclock/ui-kit/report';
import type { Judgement, ProbeResult } from '../verdict.ts';

const styles = [overviewStyle, new URL('judge-page.css', import.meta.url)];

const TITLE = 'Judgement of a grid';

/** Builds a self-contained page: the verdict on each property, and the run of each failure. */
export function judgePage(judgement: Judgement, provenance?: Provenance): string {
  const failures = judgement.properties
    .flatMap(({ probes }) => probes)
    .filter(({ outcome }) => outcome === 'failed');
  return reportDocument({
    title: TITLE,
    styles,
    children: (
      <>
        <JudgementHeader title={TITLE} judgement={judgement} provenance={provenance} />
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

/** Builds a page that says why there is no verdict. */
export function unjudgedPage(subject: string, error: string, provenance?: Provenance): string {
  return reportDocument({
    title: TITLE,
    styles,
    children: (
      <header>
        <h1>{TITLE}</h1>
        <p class="verdict fail">Not judged</p>
        <dl class="subject">
          <dt>judged</dt>
          <dd>
            <code>{subject}</code>
          </dd>
          <dt>reason</dt>
          <dd>{error}</dd>
        </dl>
        {provenance !== undefined && <ProvenanceList {...provenance} />}
      </header>
    ),
  });
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
