/** @jsxRuntime automatic @jsxImportSource preact */
import { useEffect } from 'preact/hooks';
import type { ClusterMember } from '../live/node-view.ts';
import { inject } from './commands.ts';

/** While the page is open it holds the links again before this time is over; afterwards, they heal by themselves. */
const HOLD_MS = 60_000;
const RENEW_MS = 30_000;

type StepModeProps = { self: string; nodes: readonly ClusterMember[] };

/** All links that faults can be injected on, as pairs of names. */
function linksOf(nodes: readonly ClusterMember[]) {
  return nodes.flatMap(({ name, view }) => (view?.links ?? []).map((link) => ({ from: name, ...link })));
}

/** Switches step mode: every message waits until someone lets it pass. */
export function StepMode({ self, nodes }: StepModeProps) {
  const links = linksOf(nodes);
  const isOn =
    links.length > 0 && links.every(({ faults }) => faults.some(({ action }) => action === 'hold'));
  const holdAll = () =>
    Promise.all(
      links.map(({ from, peer }) => inject(self, from, { peer, action: 'hold', duration_ms: HOLD_MS })),
    );
  const releaseAll = () =>
    Promise.all(links.map(({ from, peer }) => inject(self, from, { peer, action: 'release' })));
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => void holdAll(), RENEW_MS);
    return () => clearInterval(timer);
  });
  if (links.length === 0) return null;
  return (
    <button
      type="button"
      class="button"
      aria-pressed={isOn}
      title="Every message waits until you let it pass"
      onClick={() => void (isOn ? releaseAll() : holdAll())}
    >
      Step mode {isOn ? 'on' : 'off'}
    </button>
  );
}
