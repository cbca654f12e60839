import { describe, expect, it } from 'vitest';
import { openLesson } from '../../load_tester/display.ts';
import { RejectionsInARow } from '../../load_tester/rejections-in-a-row.ts';
import type { Outcome, RequestRecord } from '../../workload/outcome.ts';

const ended = (startedMs: number, kw: number, outcome: Outcome): RequestRecord => ({
  request: { vehicle_id: 'EV_1', charge_amount: kw, priority: 'normal' },
  startedMs,
  responseMs: 10,
  outcome,
});

const accepted = (startedMs: number, kw: number, durationSeconds: number) =>
  ended(startedMs, kw, {
    kind: 'accepted',
    sessionId: 's',
    substationId: 'substation_1',
    chargeKw: kw,
    durationSeconds,
    startedAt: 0,
  });

const full = (startedMs: number, kw: number) =>
  ended(startedMs, kw, { kind: 'rejected', reason: 'Insufficient capacity' });

const tooLarge = (startedMs: number, kw: number) =>
  ended(startedMs, kw, { kind: 'rejected', reason: 'Too large', cause: 'too-large' });

describe('rejections in a row', () => {
  it('become one line with the sessions that fill the grid', () => {
    const rejections = new RejectionsInARow();
    expect(rejections.add(accepted(0, 50, 8))).toBe(false);
    expect(rejections.add(accepted(100, 22, 2))).toBe(false);
    expect(rejections.add(full(1_000, 150))).toBe(true);
    expect(rejections.add(full(1_200, 22))).toBe(true);
    expect(rejections.flush()).toEqual([
      '   1.0 s  … 2 rejected (22.0 kW to 150.0 kW): vehicles charge about 72.0 kW and no substation has as much left; the next session ends in 0.9 s',
    ]);
    expect(rejections.flush()).toEqual([]);
  });

  it('do not count sessions that have ended', () => {
    const rejections = new RejectionsInARow();
    rejections.add(accepted(0, 50, 8));
    rejections.add(accepted(100, 22, 2));
    rejections.add(full(5_000, 100));
    expect(rejections.flush()[0]).toContain('1 rejected (100.0 kW): vehicles charge about 50.0 kW');
  });

  it('say when a vehicle asks for more than any substation has', () => {
    const rejections = new RejectionsInARow();
    rejections.add(tooLarge(0, 150));
    expect(rejections.flush()[0]).toContain(
      '1 rejected (150.0 kW): more than any substation has, even when it is empty',
    );
    rejections.add(tooLarge(0, 150));
    rejections.add(full(0, 11));
    expect(rejections.flush()[0]).toContain('and 1 of them exceed every substation');
  });

  it('are printed before the line that follows them, and at the end', () => {
    const lines: string[] = [];
    const display = openLesson((line) => lines.push(line));
    for (const record of [accepted(0, 7, 9), full(20, 99), full(30, 99), accepted(50, 7, 9), full(60, 99)])
      display.onRequestEnded?.(record);
    expect(lines.map((line) => /accepted|\d rejected/.exec(line)?.[0])).toEqual([
      'accepted',
      '2 rejected',
      'accepted',
    ]);
    display.close();
    expect(lines.at(-1)).toContain('1 rejected');
  });
});
