/** @jsxRuntime automatic @jsxImportSource preact */
import type { ConnectionState } from '@gridclock/ui-kit/live';
import type { Model } from './model.ts';
import { StepMode } from './step-mode.tsx';

const words: Record<ConnectionState, string> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'connection lost, trying again',
  unauthorized: 'needs a token',
  refused: 'refused',
};

type PageHeaderProps = { state: ConnectionState; model: Model; onClear: () => void };

/** The page's name, how it is connected, and what concerns the whole diagram. */
export function PageHeader({ state, model, onClear }: PageHeaderProps) {
  const isLive = state === 'live';
  return (
    <header class="page-header">
      <h1>Causal store</h1>
      <span class={`badge ${isLive ? 'accept' : 'wait'}`} role="status">
        {words[state]}
        {model.self === '' ? '' : ` · seen from ${model.self}`}
      </span>
      <div class="actions">
        <StepMode self={model.self} nodes={model.nodes} />
        <button type="button" class="button" onClick={onClear}>
          Clear diagram
        </button>
      </div>
    </header>
  );
}
