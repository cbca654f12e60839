/** @jsxRuntime automatic @jsxImportSource preact */
import { type Action, nodeName } from './action.ts';
import type { PlayedLink } from './play.ts';

type LinkTableProps = { links: readonly PlayedLink[]; onAct: (action: Action) => void };

/** The links, with the faults that can be injected. A cut affects both directions. */
export function LinkTable({ links, onAct }: LinkTableProps) {
  return (
    <section class="panel" aria-labelledby="links-title">
      <h2 id="links-title">Links</h2>
      <p class="soft small">Hold and reorder act on one direction, cut on both.</p>
      <ul class="links">
        {links.map((link) => {
          const { from, to, isHeld, isCut, lost, waiting } = link;
          const ends = { from, to };
          const label = (verb: string) => `${verb} the link from ${nodeName(from)} to ${nodeName(to)}`;
          return (
            <li key={`${from}${to}`}>
              <span class="route">
                {from} → {to}
              </span>
              <button
                type="button"
                class={`button small ${isHeld ? 'fault' : ''}`}
                aria-label={label(isHeld ? 'Release' : 'Hold')}
                onClick={() => onAct({ kind: isHeld ? 'release' : 'hold', ...ends })}
              >
                {isHeld ? 'Release' : 'Hold'}
              </button>
              <button
                type="button"
                class="button small"
                disabled={waiting.length < 2}
                aria-label={label('Reorder')}
                onClick={() => onAct({ kind: 'reorder', ...ends })}
              >
                Reorder
              </button>
              <button
                type="button"
                class={`button small ${isCut ? 'fault' : ''}`}
                aria-label={label(isCut ? 'Heal' : 'Cut')}
                onClick={() => onAct({ kind: isCut ? 'heal' : 'cut', ...ends })}
              >
                {isCut ? 'Heal' : 'Cut'}
              </button>
              {lost > 0 && (
                <button
                  type="button"
                  class="button small fault"
                  disabled={isCut}
                  aria-label={label(`Resend ${lost} lost on`)}
                  onClick={() => onAct({ kind: 'resend', ...ends })}
                >
                  Resend {lost}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
