/** @jsxRuntime automatic @jsxImportSource preact */
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
export function Findings({ assessment }: { assessment: Assessment }) {
  const [verdict, text] = verdictOf(assessment);
  const found = findingsOf(assessment);
  return (
    <>
      <p class={`verdict ${verdict}`}>{text}</p>
      {found.length > 0 && (
        <ul class="findings">
          {found.map(({ kind, severity, text: finding }) => (
            <li class={severity} key={`${kind} ${finding}`}>
              <b>{headings[kind]}</b> {finding}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The CSS class and the words of the verdict. A part of a run can fail, but not pass. */
function verdictOf(assessment: Assessment): [verdict: string, text: string] {
  const hasNothing = assessment.interrupted && assessment.summary.total === 0;
  if (hasFailed(assessment) && !hasNothing) return ['fail', 'The run failed'];
  return assessment.interrupted ? ['stopped', 'The run was interrupted'] : ['pass', 'The run passed'];
}
