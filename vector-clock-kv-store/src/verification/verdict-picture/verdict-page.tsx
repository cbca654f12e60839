/** @jsxRuntime automatic @jsxImportSource preact */
import { type Provenance, ProvenanceList, reportDocument } from '@gridclock/ui-kit/report';
import { formatFindings } from '../history/findings.ts';
import type { GuaranteeViolation } from '../history/session-guarantees.ts';
import type { Verdict } from '../history/verdict.ts';
import { ViolationView, verdictStyle } from './verdict-view.tsx';

export type VerdictPage = {
  /** Where the history comes from. */
  source: string;
  verdict: Verdict;
  sessionViolations: readonly GuaranteeViolation[];
  provenance?: Provenance;
};

/** One page of paper; further violations are rarely of another kind. */
const VIOLATIONS_SHOWN = 40;

const styles = [verdictStyle, new URL('verdict-page.css', import.meta.url)];

/** Builds a self-contained page with the verdict on a history, and the picture of what it violates. */
export function verdictPage({ source, verdict, sessionViolations, provenance }: VerdictPage): string {
  const isGood = verdict.consistent && sessionViolations.length === 0;
  const findings = sessionViolations.map(({ guarantee, explanation }) => `${guarantee}: ${explanation}`);
  return reportDocument({
    title: `Verdict on ${source}`,
    styles,
    children: (
      <>
        <h1>Verdict on {source}</h1>
        <p class={`verdict ${isGood ? 'pass' : 'fail'}`}>
          {isGood ? 'Consistent' : verdict.consistent ? 'Session guarantees violated' : 'Inconsistent'}
        </p>
        {provenance !== undefined && <ProvenanceList {...provenance} />}
        <section class="card">
          <h2>Causal convergence</h2>
          {verdict.consistent ? (
            <p>
              None of the five bad patterns occurs in {verdict.operations} operations of {verdict.sessions}{' '}
              sessions on {verdict.keys} keys.
            </p>
          ) : (
            <ViolationView violation={verdict} />
          )}
        </section>
        {findings.length > 0 && (
          <section class="card">
            <h2>Session guarantees</h2>
            <p>Violations: {findings.length}</p>
            <ul class="verdict-steps">
              {formatFindings(findings, VIOLATIONS_SHOWN).map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </section>
        )}
      </>
    ),
  });
}
