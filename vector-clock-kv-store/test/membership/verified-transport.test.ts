import { describe, expect, it } from 'vitest';
import { VerifiedTransport } from '../../src/membership/verified-transport.ts';
import { heartbeatSchema } from '../../src/messages/peer.ts';
import type { Heartbeat } from '../../src/replication/transport.ts';
import { idleTransport } from '../support/create-node.ts';

const peer = { id: 'node2', url: 'http://10.0.0.2:8000' };

/** Returns what is found against the process at a peer's address. */
async function problemOf(heartbeat: Partial<Heartbeat>): Promise<string | undefined> {
  let problem: string | undefined;
  const onChecked = (found: string | undefined) => {
    problem = found;
  };
  const inner = idleTransport({ name: 'node2', status: 'ok', ...heartbeat });
  const transport = new VerifiedTransport(inner, peer, {
    ownLife: '0123456789abcdef',
    onChecked,
    onMissing() {},
    agree: () => undefined,
  });
  await transport.heartbeat().catch(() => {});
  return problem;
}

describe('a peer that reports a conflict', () => {
  it.each([
    ['ok', [{ kind: 'life', message: 'of another node' }], undefined],
    [
      'conflict',
      [{ kind: 'name', message: '' }],
      'http://10.0.0.2:8000 is a second process that is named node2',
    ],
    [
      'conflict',
      [{ kind: 'identity', message: 'write 9 is known' }],
      'node2 at http://10.0.0.2:8000 is taking a new id: write 9 is known',
    ],
    [
      'conflict',
      undefined,
      'node2 at http://10.0.0.2:8000 reports a conflict about its name or its numbering',
    ],
  ])('is refused for its own reason: %s %j', async (status, conflicts, expected) => {
    expect(await problemOf({ status, conflicts })).toBe(expected);
  });

  it.each([
    [[{ kind: 'identity', message: 'x'.repeat(1_000) }], [{ kind: 'identity', message: 'x'.repeat(300) }]],
    ['none', undefined],
  ])('is read as far as its reasons are readable', (conflicts, expected) => {
    expect(heartbeatSchema.parse({ vector_clock: {}, conflicts }).conflicts).toEqual(expected);
  });
});
