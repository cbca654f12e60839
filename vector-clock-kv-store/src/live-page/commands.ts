import { send } from '@gridclock/ui-kit/live';
import type { VectorClock } from '../causality/vector-clock.ts';

/** The response to a command, in words and, where it has one, with its clock. */
export type Result = { isGood: boolean; text: string; vc?: VectorClock };

type Command = 'put' | 'get' | 'delete';

type Answer = {
  error?: string;
  vc?: VectorClock;
  value?: unknown;
  siblings?: unknown[];
  missing?: VectorClock;
};

/** Sends a command of a client to a node, through the node that this page comes from. */
export async function run(
  self: string,
  node: string,
  command: Command,
  body: { key: string; value?: unknown; vc?: VectorClock },
): Promise<Result> {
  const own = { put: 'POST', get: 'POST', delete: 'DELETE' } as const;
  const request =
    node === self
      ? send(own[command], command, body)
      : send('POST', `ui/nodes/${encodeURIComponent(node)}/${command}`, body);
  const { status, data } = await request.catch(() => ({ status: 0, data: undefined }));
  const answer: Answer = typeof data === 'object' && data !== null ? data : {};
  if (status !== 200) return { isGood: false, text: refusal(status, answer) };
  return { isGood: true, text: success(command, body, answer), ...(answer.vc ? { vc: answer.vc } : {}) };
}

/** Injects a fault on the link from one node to another, or releases them. @returns why it failed */
export async function inject(self: string, from: string, fault: object): Promise<string | undefined> {
  const path = from === self ? 'faults' : `ui/nodes/${encodeURIComponent(from)}/faults`;
  const { status, data } = await send('POST', path, fault).catch(() => ({ status: 0, data: undefined }));
  const answer: Answer = typeof data === 'object' && data !== null ? data : {};
  return status === 200 ? undefined : refusal(status, answer);
}

/** Reads what a person has typed as a value: JSON if it is, otherwise text. */
export function parseValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value === null ? text : value;
  } catch {
    return text;
  }
}

function success(command: Command, { key, value }: { key: string; value?: unknown }, answer: Answer): string {
  if (command === 'put') return `${key} = ${JSON.stringify(value)}`;
  if (command === 'delete') return `${key} deleted`;
  const others = (answer.siblings?.length ?? 1) - 1;
  const found = answer.value === null ? 'has no value' : `= ${JSON.stringify(answer.value)}`;
  return `${key} ${found}${others > 0 ? `, and ${others} concurrent ${others === 1 ? 'value' : 'values'}` : ''}`;
}

function refusal(status: number, { error, missing }: Answer): string {
  if (status === 0) return 'The node does not respond.';
  const lacks =
    missing === undefined
      ? ''
      : ` It lacks ${Object.entries(missing)
          .map(([id, count]) => `${id}:${count}`)
          .join(', ')}.`;
  return `${error ?? `Status ${status}`}.${lacks}`.replace('..', '.');
}
