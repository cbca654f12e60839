/** @jsxRuntime automatic @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { assignment } from '../space-time/describe-event.ts';
import { formatClock } from '../space-time/format-clock.ts';
import { inject } from './commands.ts';
import type { WaitingMessage } from './waiting-messages.ts';

type WaitingListProps = { self: string; messages: readonly WaitingMessage[]; names: readonly string[] };

/** The messages that held links keep back. A click lets one of them pass. */
export function WaitingList({ self, messages, names }: WaitingListProps) {
  const [problem, setProblem] = useState<string>();
  const pass = async ({ from, to, write: { node, counter } }: WaitingMessage) =>
    setProblem(await inject(self, from, { peer: to, action: 'pass', write: { node, counter } }));
  return (
    <section class="panel messages" aria-labelledby="messages-title">
      <h2 id="messages-title">Messages that wait</h2>
      <p class="soft small">What happens if this one arrives first? Click it, and it passes.</p>
      <ul>
        {messages.map((message) => (
          <li key={`${message.from} ${message.to} ${message.write.node} ${message.write.counter}`}>
            <button type="button" class="button message-button" onClick={() => void pass(message)}>
              <span class="route">
                {message.from} → {message.to}
              </span>{' '}
              <b>{assignment(message.write)}</b>{' '}
              {message.write.vc !== undefined && (
                <span class="clock">{formatClock(message.write.vc, names)}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
      {problem !== undefined && (
        <p class="notice" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
