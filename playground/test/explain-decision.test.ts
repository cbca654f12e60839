import { describe, expect, it } from 'vitest';
import type { Decision } from '../grid/decision-recorder.ts';
import { explainDecision } from '../grid/explain-decision.ts';

const beliefs = [
  { id: 'substation_1', load: 10, capacity: 80 },
  { id: 'substation_2', load: 20, capacity: 100 },
];

function decision(...asked: Decision['asked']): Decision {
  return {
    request: { vehicle_id: 'EV_1', charge_amount: 22, priority: 'normal', arrivesAt: 0, durationMs: 10_000 },
    beliefs,
    asked,
  };
}

describe('explainDecision', () => {
  it('names the substation, the reason and the outcome', () => {
    const accepted = decision({ id: 'substation_1', accepted: true });
    expect(explainDecision(accepted, 'least-load', ['substation_1'])).toBe(
      'Substation 1 is asked first: where the request fits, it has the lowest load, as the balancer believes. It accepts.',
    );
  });

  it('says which substation would have had room', () => {
    const refused = decision({ id: 'substation_1', accepted: false });
    expect(explainDecision(refused, 'original', ['substation_2'])).toContain(
      'It refuses, and the request is rejected. Substation 2 would have had room.',
    );
    expect(explainDecision(decision(), 'least-load', [])).toBe(
      'Nobody is asked: the balancer knows that 22 kW fit at no substation. No substation has room for it.',
    );
  });
});
