import escapeHtml from 'escape-html';
import { type Assessment, hasFailed } from '../assessment/assessment.ts';
import { type Finding, findingsOf } from '../assessment/findings.ts';

const headings: Record<Finding['kind'], string> = {
  impossible: 'Impossible',
  interrupted: 'Interrupted',
  overload: 'Overload',
  'no-capacities': 'Share of the bound',
  'no-counters': 'Clients and substations',
  'not-listed': 'Not in --substations',
  restarted: 'Restarted during the run',
};

/** The verdict of the run, and what a reader must know before its figures. */
export function findingsBlock(assessment: Assessment): string {
  const items = findingsOf(assessment).map(
    ({ kind, severity, text }) => `<li class="${severity}"><b>${headings[kind]}</b> ${escapeHtml(text)}</li>`,
  );
  const [verdict, text] = verdictOf(assessment);
  return `<p class="verdict ${verdict}">${text}</p>
${items.length === 0 ? '' : `<ul class="findings">\n${items.join('\n')}\n</ul>`}`;
}

/** The CSS class and the words of the verdict. A part of a run can fail, but not pass. */
function verdictOf(assessment: Assessment): [verdict: string, text: string] {
  const hasNothing = assessment.interrupted && assessment.summary.total === 0;
  if (hasFailed(assessment) && !hasNothing) return ['fail', 'The run failed'];
  return assessment.interrupted ? ['stopped', 'The run was interrupted'] : ['pass', 'The run passed'];
}
