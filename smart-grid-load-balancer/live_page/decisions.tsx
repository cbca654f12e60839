/** @jsxRuntime automatic @jsxImportSource preact */
import type { ConsideredSubstation, Decision } from '@gridclock/grid-protocol/live';
import { explain, outcomeWords } from './explain.ts';
import { kilowatts } from './model.ts';

/** Every decision as it falls: the candidates, the policy, and why this one. */
export function Decisions({ decisions }: { decisions: readonly Decision[] }) {
  return (
    <section class="panel" aria-labelledby="decisions-title">
      <h2 id="decisions-title">Decisions</h2>
      {decisions.length === 0 && (
        <p class="soft small">None since this page opened. Charge a vehicle, or start a rush hour.</p>
      )}
      <ol
        class="decisions"
        aria-label="Decisions, newest first"
        // It scrolls: with the keyboard too.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region needs keyboard access (axe)
        tabIndex={0}
      >
        {decisions.map((decision) => (
          <Row key={decision.seq} decision={decision} />
        ))}
      </ol>
    </section>
  );
}

function Row({ decision }: { decision: Decision }) {
  const { amount, at, candidates, omitted, outcome, policy, priority, substation } = decision;
  const isAccepted = outcome === 'accepted';
  return (
    <li class={`decision ${isAccepted ? 'accept' : 'reject'}`}>
      <p class="decision-head">
        <span class="sign" aria-hidden="true">
          {isAccepted ? '→' : '×'}
        </span>
        <strong>{kilowatts(amount)}</strong>
        <span class="soft">{priority}</span>
        <strong class="where">{isAccepted ? substation : (outcomeWords[outcome] ?? outcome)}</strong>
        <span class="soft">by {policy}</span>
        <time class="soft" dateTime={new Date(at).toISOString()}>
          {new Date(at).toLocaleTimeString('en-GB')}
        </time>
      </p>
      <p class="why">{explain(decision)}</p>
      {candidates.length > 0 && (
        <ul class="candidates" aria-label="Candidates">
          {candidates.map((candidate) => (
            <Candidate key={candidate.id} candidate={candidate} isChosen={candidate.id === substation} />
          ))}
          {omitted > 0 && <li class="soft">and {omitted} more</li>}
        </ul>
      )}
    </li>
  );
}

function Candidate({ candidate, isChosen }: { candidate: ConsideredSubstation; isChosen: boolean }) {
  const { capacity, fits, id, load } = candidate;
  return (
    <li class={isChosen ? 'chosen' : fits ? '' : 'full'}>
      {isChosen && <span class="hidden-text">chosen: </span>}
      {id} <span class="mono">{`${Math.round(load)}/${Math.round(capacity)}`}</span>
      {!fits && (isChosen ? ' thought full' : ' does not fit')}
    </li>
  );
}
