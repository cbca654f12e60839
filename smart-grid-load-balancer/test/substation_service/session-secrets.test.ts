import { describe, expect, it } from 'vitest';
import type { SessionSecretRecord } from '../../substation_service/session-records.ts';
import { SessionSecrets } from '../../substation_service/session-secrets.ts';

/** A journal in memory, and secrets that count up. */
function create() {
  const stored = new Map<string, SessionSecretRecord>();
  let issued = 0;
  const start = () => {
    const secrets = new SessionSecrets({
      journal: {
        put: (_table, key, value) => void stored.set(key, value as SessionSecretRecord),
        remove: (_table, key) => void stored.delete(key),
      },
      newSecret: () => `secret-${++issued}`,
    });
    secrets.restore([...stored], (id) => id !== 'ended');
    return secrets;
  };
  return { start, stored };
}

describe('session secrets', () => {
  it('accept the secret of a session, and nothing else', () => {
    const secrets = create().start();
    const secret = secrets.issue('a');
    const other = secrets.issue('b');
    expect(secrets.accepts('a', secret)).toBe(true);
    for (const wrong of [other, undefined, '', `${secret} `]) expect(secrets.accepts('a', wrong)).toBe(false);
  });

  it('are stored as hashes only', () => {
    const { start, stored } = create();
    const secret = start().issue('a');
    expect(stored.get('a')?.hashes).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(JSON.stringify([...stored])).not.toContain(secret);
  });

  it('stay valid over a restart, after which a repeated request gets a further one', () => {
    const { start } = create();
    const first = start().issue('a');
    const restarted = start();
    const second = restarted.reissue('a');
    expect(second).not.toBe(first);
    expect(restarted.reissue('a')).toBe(second);
    for (const secret of [first, second]) expect(start().accepts('a', secret)).toBe(true);
  });

  it('are few per session, however often it is repeated after restarts', () => {
    const { start, stored } = create();
    start().issue('a');
    for (let n = 0; n < 10; n += 1) start().reissue('a');
    expect(stored.get('a')?.hashes).toHaveLength(4);
  });

  it('are forgotten with their session, also where it ended during a restart', () => {
    const { start, stored } = create();
    const secrets = start();
    secrets.issue('a');
    secrets.issue('ended');
    secrets.end('a');
    expect(secrets.reissue('a')).toBeUndefined();
    start();
    expect([...stored]).toEqual([]);
  });

  it('are not needed for a session that started under an earlier release', () => {
    const secrets = create().start();
    expect(secrets.accepts('older', undefined)).toBe(true);
    expect(secrets.reissue('older')).toBeUndefined();
  });
});
