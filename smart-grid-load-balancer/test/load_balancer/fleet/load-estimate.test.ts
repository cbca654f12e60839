import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadEstimate, type Reservation } from '../../../load_balancer/fleet/load-estimate.ts';

const send = (estimate: LoadEstimate, amount: number, sentAt: number): Reservation => {
  const reservation = { substationId: 's', amount, sentAt };
  estimate.sent(reservation);
  return reservation;
};

describe('LoadEstimate', () => {
  it('adds dispatches to the last report', () => {
    const estimate = new LoadEstimate();
    estimate.reported({ load: 30, capacity: 100 }, 0);
    send(estimate, 22, 1);
    expect(estimate.load).toBe(52);
    expect(estimate.ownDispatches).toBe(22);
  });

  it('adopts the load in an acceptance', () => {
    const estimate = new LoadEstimate();
    estimate.reported({ load: 30, capacity: 100 }, 0);
    const sent = send(estimate, 22, 1);
    estimate.settled(sent, 2);
    estimate.reported({ load: 59, capacity: 100 }, 1, sent);
    expect(estimate.load).toBe(59);
  });

  it('keeps counting dispatches sent after a poll started', () => {
    const estimate = new LoadEstimate();
    const sent = send(estimate, 22, 5);
    estimate.settled(sent, 6);
    estimate.reported({ load: 0, capacity: 100 }, 4);
    expect(estimate.load).toBe(22);
    estimate.reported({ load: 22, capacity: 100 }, 7);
    expect(estimate.load).toBe(22);
  });

  it('ignores a report older than the last one', () => {
    const estimate = new LoadEstimate();
    estimate.reported({ load: 50, capacity: 100 }, 10);
    estimate.reported({ load: 10, capacity: 100 }, 9);
    expect(estimate.load).toBe(50);
  });

  it('keeps counting a request that a poll, read before its admission, does not contain', () => {
    const estimate = new LoadEstimate();
    const sent = send(estimate, 10, 1);
    // The poll starts at 2 and reads no load; then the substation admits the request.
    estimate.settled(sent, 5);
    estimate.reported({ load: 10, capacity: 100 }, 1, sent);
    expect(estimate.load).toBe(10);
    estimate.reported({ load: 0, capacity: 100 }, 2);
    expect(estimate.load).toBe(10);
    estimate.reported({ load: 10, capacity: 100 }, 6);
    expect(estimate.load).toBe(10);
  });

  it('stops counting a refused request', () => {
    const estimate = new LoadEstimate();
    estimate.released(send(estimate, 22, 1));
    expect(estimate.load).toBe(0);
  });

  it('never falls below the true load, and equals it once every request has a response and is polled', () => {
    type Step = 'send' | 'admit' | 'respond' | 'poll-start' | 'poll-read' | 'poll-end';
    const steps = fc.array(
      fc.constantFrom<Step>('send', 'admit', 'respond', 'poll-start', 'poll-read', 'poll-end'),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (drawn) => {
        const estimate = new LoadEstimate();
        const inFlight: Reservation[] = [];
        const admitted: { reservation: Reservation; load: number }[] = [];
        let trueLoad = 0;
        let poll: { startedAt: number; load?: number } | undefined;
        let now = 0;
        const run = (step: Step) => {
          now += 1;
          if (step === 'send') inFlight.push(send(estimate, 10, now));
          if (step === 'poll-start') poll ??= { startedAt: now };
          if (step === 'poll-read' && poll !== undefined) poll.load ??= trueLoad;
          if (step === 'admit') {
            const reservation = inFlight.shift();
            if (reservation === undefined) return;
            trueLoad += reservation.amount;
            admitted.push({ reservation, load: trueLoad });
          }
          if (step === 'respond') {
            // Responses arrive out of order: the last admitted first.
            const response = admitted.pop();
            if (response === undefined) return;
            estimate.settled(response.reservation, now);
            estimate.reported(
              { load: response.load, capacity: 100 },
              response.reservation.sentAt,
              response.reservation,
            );
          }
          if (step === 'poll-end' && poll?.load !== undefined) {
            estimate.reported({ load: poll.load, capacity: 100 }, poll.startedAt);
            poll = undefined;
          }
        };
        for (const step of drawn) {
          run(step);
          expect(estimate.load).toBeGreaterThanOrEqual(trueLoad);
        }
        while (inFlight.length > 0) run('admit');
        while (admitted.length > 0) run('respond');
        poll = undefined;
        for (const step of ['poll-start', 'poll-read', 'poll-end'] as const) run(step);
        expect(estimate.load).toBe(trueLoad);
      }),
    );
  });
});
