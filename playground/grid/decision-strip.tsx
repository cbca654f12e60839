/** @jsxRuntime automatic @jsxImportSource preact */
import type { Decision } from './decision-recorder.ts';
import type { Outcome } from './outcomes.ts';

type DecisionStripProps = { decisions: readonly Decision[]; outcomes: readonly Outcome[]; index: number };

/** A column for each decision, as high as its request; what came of it is its colour, and where it hangs. */
export function DecisionStrip({ decisions, outcomes, index }: DecisionStripProps) {
  const highest = Math.max(1, ...decisions.map(({ request }) => request.charge_amount));
  const count = (outcome: Outcome) => outcomes.filter((one) => one === outcome).length;
  return (
    <svg
      class="strip"
      viewBox={`0 0 ${decisions.length} 40`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${count('accepted')} accepted, ${count('missed')} rejected although a substation had room, ${count('full')} rejected because none had room`}
    >
      <rect class="strip-cursor" x={index} width="1" y="0" height="40" />
      {decisions.map(({ request }, number) => {
        const height = Math.max(3, (18 * request.charge_amount) / highest);
        const outcome = outcomes[number] ?? 'full';
        const y = outcome === 'accepted' ? 20 - height : 21;
        return (
          <rect
            key={request.vehicle_id + String(number)}
            class={`strip-${outcome}`}
            x={number + 0.12}
            width="0.76"
            y={y}
            height={height}
          />
        );
      })}
    </svg>
  );
}
