/** @jsxRuntime automatic @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { inject } from './commands.ts';
import type { DirectedLink } from './directed-link.ts';

/** The faults that a click injects. Each ends by itself. */
const faults = [
  { label: 'Hold', fault: { action: 'hold' } },
  { label: 'Drop', fault: { action: 'drop' } },
  { label: 'Delay 2 s', fault: { action: 'delay', delay_ms: 2_000 } },
  { label: 'Reorder', fault: { action: 'reorder' } },
  { label: 'Duplicate', fault: { action: 'duplicate' } },
  { label: 'Cut', fault: { action: 'cut' } },
] as const;

type LinkPanelProps = { self: string; link: DirectedLink; description: string };

/** What can be done with one link. */
export function LinkPanel({ self, link, description }: LinkPanelProps) {
  const [problem, setProblem] = useState<string>();
  const { from, peer } = link;
  const send = async (fault: object) => setProblem(await inject(self, from, { peer, ...fault }));
  const remaining = Math.max(0, ...link.faults.map(({ remaining_s: seconds = 0 }) => seconds));
  return (
    <div class="link-panel">
      <p>
        <b>
          {from} → {peer}
        </b>{' '}
        <span class={`badge ${link.faults.length > 0 ? 'fault' : 'accept'}`}>{description}</span>
        {remaining > 0 && <span class="soft small"> for another {remaining} s</span>}
      </p>
      <div class="buttons">
        {faults.map(({ label, fault }) => (
          <button
            type="button"
            class="button small"
            key={label}
            aria-pressed={link.faults.some(({ action }) => action === fault.action)}
            onClick={() => void send(fault)}
          >
            {label}
          </button>
        ))}
        <button
          type="button"
          class="button small primary"
          disabled={link.faults.length === 0}
          onClick={() => void send({ action: 'release' })}
        >
          Release
        </button>
      </div>
      {problem !== undefined && (
        <p class="notice" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
