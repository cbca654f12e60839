import { htmlDocument } from '@gridclock/html-page';
import escapeHtml from 'escape-html';
import type { Assessment } from '../assessment/assessment.ts';
import type { Run } from '../recorder.ts';
import {
  latencySection,
  loadSection,
  reasonsSection,
  reconciliationSection,
  substationsSection,
} from './sections.ts';
import { style } from './style.ts';

/** What a page tells of one run. */
export type Page = { title: string; plan: string; run: Run; assessment: Assessment };

/** A run as one HTML document that needs nothing else: no script, no font, no other file. */
export function renderPage({ title, plan, run, assessment }: Page): string {
  const body = `<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(plan)}</p>
${tiles(assessment)}
${loadSection(run)}
${substationsSection(run, assessment)}
${latencySection(run)}
${reasonsSection(run, assessment)}
${reconciliationSection(assessment)}
</main>`;
  return htmlDocument(title, style, body);
}

function tiles({ summary, shareOfBound, reconciliation, verdicts }: Assessment): string {
  const { accepted, total, acceptedKw, requestedKw, latency, failed } = summary;
  const shown = [
    {
      value: shareOfBound?.toFixed(3) ?? 'unknown',
      name: 'of the load that any routing of an empty grid could accept',
    },
    { value: `${accepted} of ${total}`, name: 'requests accepted' },
    { value: `${Math.round(acceptedKw)} kW`, name: `accepted of ${Math.round(requestedKw)} kW asked for` },
    {
      value: latency === undefined ? 'none' : `${latency.p99.toFixed(1)} ms`,
      name: 'p99 of the response times',
    },
    { value: `${failed}`, name: 'failed' },
    {
      value: reconciliation === undefined ? 'unknown' : `${reconciliation.difference.accepted}`,
      name: 'requests told otherwise than counted',
    },
  ].map(
    ({ value, name }) =>
      `<div class="tile"><b>${escapeHtml(value)}</b><span>${escapeHtml(name)}</span></div>`,
  );
  const judged = verdicts.map(
    ({ name, limit, actual, passed }) =>
      `<div class="tile"><b class="${passed ? 'pass' : 'fail'}">${passed ? 'PASS' : 'FAIL'}</b><span>${escapeHtml(`${name}: ${actual}, ${limit}`)}</span></div>`,
  );
  return `<div class="tiles">\n${[...shown, ...judged].join('\n')}\n</div>`;
}
