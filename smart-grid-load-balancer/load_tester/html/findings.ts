import escapeHtml from 'escape-html';
import { type Assessment, hasFailed } from '../assessment/assessment.ts';
import { type Finding, findingsOf } from '../assessment/findings.ts';

const headings: Record<Finding['kind'], string> = {
  impossible: 'Impossible',
  overload: 'Overload',
  'no-capacities': 'Share of the bound',
  'no-counters': 'Clients and substations',
  'not-listed': 'Not in --substations',
  restarted: 'Restarted during the run',
};

/** The verdict of the run, and what a reader must know before its figures. */
export function findingsBlock(assessment: Assessment): string {
  const failed = hasFailed(assessment);
  const items = findingsOf(assessment).map(
    ({ kind, severity, text }) => `<li class="${severity}"><b>${headings[kind]}</b> ${escapeHtml(text)}</li>`,
  );
  return `<p class="verdict ${failed ? 'fail' : 'pass'}">${failed ? 'The run failed' : 'The run passed'}</p>
${items.length === 0 ? '' : `<ul class="findings">\n${items.join('\n')}\n</ul>`}`;
}
