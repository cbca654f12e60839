import { describe, expect, it } from 'vitest';
import { ChargeHealth } from '../../../load_balancer/fleet/charge-health.ts';
import { healthOptions } from '../../../load_balancer/fleet/health.ts';

const POLL_MS = 1_000;
const PROBE_MS = 2_000;

const create = () => new ChargeHealth(healthOptions(POLL_MS), PROBE_MS);

/** Lets two charges fail at a time. */
function ejected(at: number): ChargeHealth {
  const health = create();
  health.failed(at, at);
  health.failed(at, at);
  return health;
}

describe('ChargeHealth', () => {
  it('ejects after two failed charges in a row and then allows one probe', () => {
    const health = create();
    expect(health.failed(100, 100)).toBe(false);
    health.succeeded(150);
    expect(health.failed(200, 200)).toBe(false);
    expect(health.failed(300, 300)).toBe(true);
    expect(health.state(300)).toBe('ejected');
    expect(health.state(300 + POLL_MS)).toBe('half-open');
    health.sent(1_400);
    expect(health.isProbed(1_400)).toBe(true);
    expect(health.succeeded(1_410)).toBe(true);
    expect(health.state(1_410)).toBe('closed');
  });

  it('ejects for twice as long after each failed probe, up to thirty polls', () => {
    const health = ejected(0);
    const lengths: number[] = [];
    let now = 0;
    for (let probe = 0; probe < 7; probe += 1) {
      let length = 0;
      while (health.state(now + length) === 'ejected') length += POLL_MS;
      lengths.push(length / POLL_MS);
      now += length;
      health.sent(now);
      expect(health.failed(now, now)).toBe(true);
    }
    expect(lengths).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });

  it('ejects no longer while polls fail too', () => {
    const health = create();
    for (const now of [0, 0, 1_000, 2_000, 3_000]) health.failed(now, now, true);
    expect(health.state(3_999)).toBe('ejected');
    expect(health.state(4_000)).toBe('half-open');
  });

  it('allows a probe as soon as polls succeed again after an outage', () => {
    const health = ejected(0);
    health.outageEnded(300);
    expect(health.state(300)).toBe('half-open');
    // Sent during the outage, which explains it.
    expect(health.failed(400, 200)).toBe(false);
    expect(health.state(400)).toBe('half-open');
    health.sent(500);
    expect(health.failed(600, 500)).toBe(true);
    expect(health.state(600)).toBe('ejected');
  });

  it('stays ejected for as long again after the failure of an earlier charge, not for twice as long', () => {
    const health = ejected(0);
    expect(health.failed(1_500, 999)).toBe(false);
    expect(health.state(2_499)).toBe('ejected');
    expect(health.state(2_500)).toBe('half-open');
    expect(health.failed(2_600, 2_500)).toBe(true);
    expect(health.state(4_599)).toBe('ejected');
  });

  it('is not ejected for longer by earlier charges while polls fail too', () => {
    const health = ejected(0);
    health.failed(900, 100, true);
    expect(health.state(POLL_MS)).toBe('half-open');
  });

  it('stays ejected for its time whatever succeeds meanwhile', () => {
    const health = ejected(0);
    expect(health.succeeded(600)).toBe(false);
    expect(health.state(600)).toBe('ejected');
    expect(health.state(POLL_MS)).toBe('half-open');
  });

  it('allows another probe when the first has no outcome', () => {
    const health = ejected(0);
    health.sent(1_000);
    expect(health.isProbed(2_999)).toBe(true);
    expect(health.isProbed(3_000)).toBe(false);
  });

  it('starts with a short ejection again after ten polls without one', () => {
    const health = ejected(0);
    health.sent(1_000);
    health.failed(1_000, 1_000);
    health.succeeded(3_000);
    health.succeeded(3_000 + 10 * POLL_MS);
    health.failed(20_000, 20_000);
    health.failed(20_000, 20_000);
    expect(health.state(20_000 + POLL_MS)).toBe('half-open');
  });

  it('counts old connections that fail together once, until a newer one fails', () => {
    const health = create();
    for (const _ of Array(100)) expect(health.failed(1_000, 500, false, 100)).toBe(false);
    expect(health.onlyOldConnectionsFailed).toBe(true);
    // Established after the first failure, by a poll for example.
    expect(health.failed(2_000, 1_500, false, 1_200)).toBe(true);
    expect(health.onlyOldConnectionsFailed).toBe(false);
  });

  it('ejects when a new connection fails after an old one', () => {
    const health = create();
    expect(health.failed(1_000, 500, false, 100)).toBe(false);
    expect(health.failed(2_000, 1_100)).toBe(true);
  });

  it('trusts old connections again after a definite reply', () => {
    const health = create();
    health.failed(1_000, 500, false, 100);
    health.succeeded(1_100);
    expect(health.onlyOldConnectionsFailed).toBe(false);
    expect(health.failed(1_200, 600, false, 100)).toBe(false);
    expect(health.failed(1_300, 1_200)).toBe(true);
  });
});
