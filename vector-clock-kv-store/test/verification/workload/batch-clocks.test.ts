import { describe, expect, it } from 'vitest';
import { CausalClient } from '../../../src/session-client/index.ts';
import { withBatchClocks } from '../../../src/verification/workload/batch-clocks.ts';
import { scriptedTransport } from '../../support/scripted-transport.ts';

const node = 'http://node1';
const writes = ['x', 'y', 'z'].map((key) => ({ key, value: `${key}#1` }));

/** Writes a batch of three, whose last write is number 9 of n. */
function clocksOf(idOf: (url: string) => Promise<string | undefined>) {
  const written = { status: 200, body: { status: 'ok', vc: { n: 9, other: 4 } } };
  const client = new CausalClient({ nodes: [], transport: scriptedTransport({ [node]: [written] }) });
  return withBatchClocks(client, idOf).putAll?.(writes, { node });
}

describe('withBatchClocks', () => {
  it('counts back from the last write of a batch in the entry of the node that made it', async () => {
    expect(await clocksOf(async (url) => (url === node ? 'n' : 'other'))).toEqual([
      { n: 7, other: 4 },
      { n: 8, other: 4 },
      { n: 9, other: 4 },
    ]);
  });

  it.each([
    ['has another id since', async () => 'n~2'],
    ['does not say its id', async () => undefined],
    ['is gone', () => Promise.reject(new Error('connection refused'))],
  ])('knows only the last clock if the node %s', async (_, idOf) => {
    expect(await clocksOf(idOf)).toEqual({ n: 9, other: 4 });
  });
});
