import { htmlDocument } from '@gridclock/html-page';
import escapeHtml from 'escape-html';
import type { Run } from '../../workload/recorder.ts';
import type { Assessment } from '../assessment/assessment.ts';
import { isImpossible } from '../assessment/thresholds.ts';
import { findingsBlock } from './findings.ts';
import {
  latencySection,
  loadSection,
  notAcceptedSection,
  reconciliationSection,
  substationsSection,
} from './sections.ts';
import { style } from './style.ts';

/** The content of the page. */
export type Page = { title: string; plan: string; run: Run; assessment: Assessment };

/** Renders a run as one self-contained HTML document: no scripts, fonts or other files. */
export function renderPage({ title, plan, run, assessment }: Page): string {
  const body = `<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(plan)}</p>
${findingsBlock(assessment)}
${tiles(assessment)}
${loadSection(run)}
${substationsSection(run, assessment)}
${latencySection(run)}
${notAcceptedSection(assessment)}
${reconciliationSection(assessment)}
</main>`;
  return htmlDocument(title, style, body);
}

function tiles({ summary, shareOfBound, reconciliation, thresholds }: Assessment): string {
  const { accepted, total, acceptedKw, requestedKw, latency, failed, abandoned } = summary;
  const figures = [
    {
      value: shareOfBound?.toFixed(3) ?? 'unknown',
      verdict: isImpossible(shareOfBound) ? 'fail' : undefined,
      name: 'of the most load that any routing of an empty grid could accept',
    },
    { value: `${accepted} of ${total}`, name: 'requests accepted' },
    { value: `${Math.round(acceptedKw)} kW`, name: `accepted of ${Math.round(requestedKw)} kW requested` },
    {
      value: latency === undefined ? 'none' : `${latency.p99.toFixed(1)} ms`,
      name: 'p99 response time',
    },
    { value: `${failed}`, name: 'failed', verdict: failed > 0 ? 'fail' : undefined },
    {
      value: reconciliation === undefined ? 'unknown' : `${reconciliation.difference.accepted}`,
      verdict: reconciliation !== undefined && reconciliation.difference.accepted > 0 ? 'fail' : undefined,
      name: 'acceptances on which clients and substations differ',
    },
    ...(abandoned > 0 ? [{ value: `${abandoned}`, name: 'abandoned: the run was interrupted' }] : []),
  ].map(
    ({ value, name, verdict }) =>
      `<div class="tile"><b${verdict === undefined ? '' : ` class="${verdict}"`}>${escapeHtml(value)}</b><span>${escapeHtml(name)}</span></div>`,
  );
  const results = thresholds.map(
    ({ name, limit, actual, passed }) =>
      `<div class="tile"><b class="${passed ? 'pass' : 'fail'}">${passed ? 'PASS' : 'FAIL'}</b><span>${escapeHtml(`${name}: ${actual}, ${limit}`)}</span></div>`,
  );
  return `<div class="tiles">\n${[...figures, ...results].join('\n')}\n</div>`;
}
