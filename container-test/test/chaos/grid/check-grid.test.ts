import { describe, expect, it } from 'vitest';
import type { Blow } from '../../../src/chaos/container-fault-injector.ts';
import { type GridEvidence, judgeGrid } from '../../../src/chaos/grid/check-grid.ts';
import type { Answer, Drive } from '../../../src/chaos/grid/drivers.ts';
import { type Life, newLife } from '../../../src/chaos/grid/substation-incarnation.ts';

const ENTRY = 'entry';

/** A life that began at 0, unless told otherwise, and ran sessions of 7 kW. */
function life(substation: string, sessions: { vehicle: string; startedAt: number }[], startedAt = 0): Life {
  const ran = sessions.map((session, index) => {
    const id = `${substation}~${startedAt + index}`;
    return [id, { ...session, id, kw: 7 }] as const;
  });
  const counted = { accepted: ran.length, acceptedKw: 7 * ran.length, capacity: 80, highestLoad: 7 };
  return { ...newLife(substation, startedAt), ...counted, sessions: new Map(ran) };
}

const blow = (service: string, kind: Blow['kind'], asked: number, over = asked + 10): Blow => {
  return { service, kind, asked, struck: asked + 1, over };
};

/** A driver who asked from `from` on, ten each time. */
function drive(vehicle: string, from: number, ...answers: Answer[]): Drive {
  const attempts = answers.map((answer, index) => {
    const asked = from + 10 * index;
    return { from: asked, to: asked + 5, answer };
  });
  return { vehicle, kw: 7, attempts, stranded: false };
}

const charged = (session: string, startedAt: number): Answer => {
  return { kind: 'charged', session, kw: 7, startedAt };
};
const fault: Answer = { kind: 'fault', reason: 'ECONNREFUSED' };

function judge(evidence: Partial<GridEvidence>) {
  return judgeGrid({ drives: [], lives: [], blows: [], entry: ENTRY, ...evidence });
}

describe('the judgement of a grid under fire', () => {
  it('finds nothing where each vehicle was charged once and its driver told', () => {
    const lives = [life('a', [{ vehicle: 'EV_1', startedAt: 12 }])];
    const drives = [drive('EV_1', 10, charged('a~0', 12)), drive('EV_2', 20, { kind: 'full' })];
    expect(judge({ lives, drives })).toEqual({
      chargedTwice: [],
      overfilled: [],
      disagreements: [],
      badAnswers: [],
    });
  });

  it('finds a vehicle that was charged at two substations, and at one twice', () => {
    const both = [{ vehicle: 'EV_1', startedAt: 12 }];
    expect(judge({ lives: [life('a', both), life('b', both)] }).chargedTwice).toHaveLength(1);
    const twice = [...both, { vehicle: 'EV_1', startedAt: 14 }];
    expect(judge({ lives: [life('a', twice)] }).chargedTwice).toEqual(['EV_1 was charged as a~0 and as a~1']);
  });

  it('lets a vehicle be charged anew once the substation that had it was killed, and not before', () => {
    const lives = [
      life('a', [{ vehicle: 'EV_1', startedAt: 12 }]),
      life('b', [{ vehicle: 'EV_1', startedAt: 30 }]),
    ];
    expect(judge({ lives, blows: [blow('a', 'kill', 20)] }).chargedTwice).toEqual([]);
    expect(judge({ lives, blows: [blow('a', 'kill', 40)] }).chargedTwice).toHaveLength(1);
    expect(judge({ lives, blows: [blow('a', 'pause', 20)] }).chargedTwice).toHaveLength(1);
    expect(judge({ lives, blows: [blow('b', 'kill', 20)] }).chargedTwice).toHaveLength(1);
  });

  it('finds a load above the capacity', () => {
    const full = { ...life('a', []), highestLoad: 80.1 };
    expect(judge({ lives: [full] }).overfilled).toEqual(['a: 80.1 kW of 80 kW']);
    const summed = { ...life('a', []), highestLoad: 80.00000000000006 };
    expect(judge({ lives: [summed] }).overfilled).toEqual([]);
  });

  it('compares what was told with what was counted, in lives that nothing ended', () => {
    const killed = life('a', [{ vehicle: 'EV_1', startedAt: 12 }]);
    const reborn = life('a', [{ vehicle: 'EV_2', startedAt: 45 }], 40);
    const lives = [killed, reborn];
    const blows = [blow('a', 'crash', 30)];
    const told = [drive('EV_2', 44, charged('a~40', 45))];
    expect(judge({ lives, blows, drives: told }).disagreements).toEqual([]);
    expect(judge({ lives, blows }).disagreements).toEqual([
      'EV_2 was charged as a~40 and its driver was not told',
      'a counted 1 charges and 7 kW, drivers were told of 0 and 0 kW',
    ]);
  });

  it('finds a driver who was told of a charge that no substation has', () => {
    const drives = [drive('EV_1', 10, charged('a~9', 12))];
    expect(judge({ lives: [life('a', [])], drives }).disagreements).toHaveLength(1);
  });

  it('lets a driver who knew no id, and lost the connection, go without word, but be charged once only', () => {
    const lives = [life('a', [{ vehicle: 'EV_1', startedAt: 12 }])];
    const drives = [{ ...drive('EV_1', 10, fault), stranded: true }];
    const blows = [blow(ENTRY, 'kill', 11, 30)];
    expect(Object.values(judge({ lives, drives, blows })).flat()).toEqual([]);
    const twice = [...lives, life('b', [{ vehicle: 'EV_1', startedAt: 13 }])];
    expect(judge({ lives: twice, drives, blows }).chargedTwice).toHaveLength(1);
  });

  it('finds a session that was counted and that nobody saw', () => {
    const unseen = { ...life('a', []), accepted: 1, acceptedKw: 7 };
    const drives = [drive('EV_1', 10, charged('a~0', 12))];
    expect(judge({ lives: [unseen], drives }).disagreements).toEqual(['a counted 1 charges, 0 were seen']);
  });

  it('excuses failed connections from when the entry was struck until it answers again', () => {
    const full: Answer = { kind: 'full' };
    const blows = [blow(ENTRY, 'kill', 20, 30)];
    const inTime = [drive('EV_1', 18, fault, fault, full), drive('EV_2', 32, fault, full)];
    expect(judge({ drives: inTime, blows }).badAnswers).toEqual([]);
    const late = [...inTime, drive('EV_3', 60, fault, full)];
    expect(judge({ drives: late, blows }).badAnswers).toEqual([
      'EV_3 was not answered though the entry was up: ECONNREFUSED',
    ]);
    expect(judge({ drives: [drive('EV_4', 5, fault, full)], blows }).badAnswers).toHaveLength(1);
  });

  it('finds odd answers, and drivers who were never told', () => {
    const drives = [
      drive(
        'EV_1',
        10,
        { kind: 'odd', reason: '500 {}' },
        { kind: 'again', reason: 'Outcome unknown', requestId: undefined },
      ),
    ];
    expect(judge({ drives }).badAnswers).toEqual([
      'EV_1 was answered 500 {}',
      'EV_1 never learnt what became of it',
    ]);
  });
});
