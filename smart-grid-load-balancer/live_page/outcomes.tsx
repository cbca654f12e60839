/** @jsxRuntime automatic @jsxImportSource preact */
import { outcomeWords } from './explain.ts';

/** How many requests were accepted, and how many not, by reason. */
export function Outcomes({ outcomes }: { outcomes: Readonly<Record<string, number>> }) {
  const { accepted = 0, ...others } = outcomes;
  const reasons = Object.entries(others).sort(([, a], [, b]) => b - a);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  return (
    <dl class="outcomes">
      <div class="good">
        <dt>accepted</dt>
        <dd>{accepted}</dd>
      </div>
      <div class={total > 0 ? 'bad' : ''}>
        <dt>not placed</dt>
        <dd>
          {total}
          {reasons.length > 0 && (
            <span class="reasons">
              {reasons.map(([kind, count]) => `${outcomeWords[kind] ?? kind} ${count}`).join(' · ')}
            </span>
          )}
        </dd>
      </div>
    </dl>
  );
}
