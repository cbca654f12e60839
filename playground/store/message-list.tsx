/** @jsxRuntime automatic @jsxImportSource preact */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { assignment } from '../../vector-clock-kv-store/src/space-time/describe-event.ts';
import { formatClock } from '../../vector-clock-kv-store/src/space-time/format-clock.ts';
import type { ClockedSummary } from '../../vector-clock-kv-store/src/trace/event.ts';
import { StepButton } from '../step-button.tsx';
import { type Action, nodeName } from './action.ts';
import type { PlayedLink } from './play.ts';

type MessageListProps = {
  links: readonly PlayedLink[];
  lanes: readonly string[];
  onAct: (action: Action) => void;
};

/** The messages on their way. Each waits until it is delivered, dropped or duplicated by a click. */
export function MessageList({ links, lanes, onAct }: MessageListProps) {
  const waiting = links.reduce((sum, link) => sum + link.waiting.length, 0);
  const canStep = links.some((link) => !link.isHeld && link.waiting.length > 0);
  const title = useRef<HTMLHeadingElement>(null);
  const hasActed = useRef(false);
  // A message that has gone takes its buttons along, and the keyboard's focus with them.
  useLayoutEffect(() => {
    if (hasActed.current && document.activeElement === document.body) title.current?.focus();
    hasActed.current = false;
  });
  const act = (action: Action) => {
    hasActed.current = true;
    onAct(action);
  };
  return (
    <section class="panel" aria-labelledby="messages-title">
      <div class="head">
        <h2 id="messages-title" ref={title} tabIndex={-1}>
          On their way: {waiting}
        </h2>
        <StepButton class="small" isPossible={canStep} onStep={() => onAct({ kind: 'all' })}>
          Deliver all
        </StepButton>
      </div>
      {waiting === 0 ? (
        <p class="soft small">None. A write sends a message to each other node.</p>
      ) : (
        <ul class="in-transit">
          {links.flatMap((link) =>
            link.waiting.map((write, index) => (
              <MessageRow
                key={`${link.from}${link.to}${index}`}
                {...{ link, write, lanes }}
                onAct={act}
                at={index + 1}
              />
            )),
          )}
        </ul>
      )}
    </section>
  );
}

type MessageRowProps = {
  link: PlayedLink;
  write: ClockedSummary;
  at: number;
  lanes: readonly string[];
  onAct: (action: Action) => void;
};

function MessageRow({ link, write, at, lanes, onAct }: MessageRowProps) {
  const { from, to, isHeld } = link;
  const name = `${assignment(write)} from ${nodeName(from)} to ${nodeName(to)}`;
  return (
    <li>
      <span class="message-text">
        <span class="route">
          {from} → {to}
        </span>{' '}
        <b>{assignment(write)}</b> <span class="clock">{formatClock(write.vc ?? {}, lanes)}</span>
        {isHeld && <span class="badge fault">held</span>}
      </span>
      <span class="row-buttons">
        <button
          type="button"
          class="button small deliver"
          disabled={isHeld}
          aria-label={`Deliver ${name}`}
          onClick={() => onAct({ kind: 'deliver', from, to, at })}
        >
          Deliver
        </button>
        <button
          type="button"
          class="button small"
          aria-label={`Drop ${name}`}
          onClick={() => onAct({ kind: 'drop', from, to, at })}
        >
          Drop
        </button>
        <button
          type="button"
          class="button small"
          aria-label={`Duplicate ${name}`}
          onClick={() => onAct({ kind: 'duplicate', from, to, at })}
        >
          Duplicate
        </button>
      </span>
    </li>
  );
}
