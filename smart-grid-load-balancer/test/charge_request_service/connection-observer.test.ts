import { describe, expect, it } from 'vitest';
import { ConnectionObserver } from '../../charge_request_service/connection-observer.ts';

const SILENCE_MS = 1_000;

function sentAt(time: number) {
  const connections = new ConnectionObserver(SILENCE_MS);
  return { connections, request: connections.sent(time) };
}

describe('ConnectionObserver', () => {
  it('takes old connections for dead once only newer ones get responses', () => {
    const { connections, request } = sentAt(5_000);
    expect(request.oldConnectionsDead(6_000)).toBe(false);
    connections.responded(5_900, 6_000);
    expect(request.oldConnectionsDead(6_000)).toBe(true);
  });

  it('waits until old connections have been silent for some time', () => {
    const { connections, request } = sentAt(5_000);
    connections.responded(4_000, 5_500);
    connections.responded(5_900, 6_000);
    expect(request.oldConnectionsDead(6_499)).toBe(false);
    expect(request.oldConnectionsDead(6_500)).toBe(true);
  });

  it('takes no connection for dead while responses arrive on old ones', () => {
    const { connections, request } = sentAt(5_000);
    for (let now = 5_500; now < 10_000; now += 500) {
      connections.responded(5_100, now);
      connections.responded(4_000, now);
      expect(request.oldConnectionsDead(now + 499)).toBe(false);
    }
  });

  it('forgets a request that has ended', () => {
    const { connections, request } = sentAt(5_000);
    request.end();
    connections.responded(5_900, 6_000);
    expect(request.oldConnectionsDead(7_000)).toBe(false);
  });
});
