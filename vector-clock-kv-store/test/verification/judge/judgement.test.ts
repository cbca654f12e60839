import { formatJudgement, formatJunit, sumUp, toJson } from '@gridclock/judge-kit';
import { describe, expect, it } from 'vitest';
import { describeDialect, formatPeers, idsOf } from '../../../src/verification/judge/dialect/dialect.ts';
import { contractForm } from '../../../src/verification/judge/dialect/message-form.ts';
import { claimsOf } from '../../../src/verification/judge/properties.ts';
import { detailsOf, explain } from '../../../src/verification/judge/report/explanation.ts';
import { judgePage } from '../../../src/verification/judge/report/judge-page.tsx';
import type { Judgement, ProbeResult } from '../../../src/verification/judge/verdict.ts';

const result = (changes: Partial<ProbeResult>): ProbeResult => ({
  property: 'loss',
  summary: 'peers refuse messages',
  outcome: 'passed',
  steps: [],
  notes: [],
  ...changes,
});

const failure = result({
  outcome: 'failed',
  reason: 'expected: <x> & "y"\u0000',
  steps: [
    { kind: 'action', text: 'put x', result: { node1: 1 } },
    { kind: 'failed', text: 'every peer gets x', result: '<nothing>' },
  ],
});

const claims = claimsOf(['loss', 'restart']);

const judgement = (...results: ProbeResult[]): Judgement => ({
  subject: 'python3 node.py',
  profile: 'full',
  dialect: ['clocks are lists'],
  properties: sumUp(claims, results),
  elapsedMs: 1_234,
});

describe('sumUp', () => {
  it('fails a property that fails in one of its probes', () => {
    const outcomes = sumUp(claims, [result({}), failure]).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['failed', 'not judged']);
  });
});

describe('reports of a judgement', () => {
  it('print the run of a failure', () => {
    expect(formatJudgement(judgement(failure), explain)).toEqual([
      'FAIL  loss               a message that got lost is sent again',
      '      run: peers refuse messages',
      '        · put x  → {"node1":1}',
      '        ✗ every peer gets x  but got <nothing>',
      expect.stringMatching(/^SKIP {2}restart/),
      '',
      'dialect: clocks are lists',
      'WRONG  0 passed, 1 failed, 1 not judged, in 1 s (profile full)',
    ]);
  });

  it('let nothing that a program answers act on the terminal', () => {
    const step = {
      kind: 'failed',
      text: 'it printed \u001b[2J',
      result: '\u001b[2J\nRIGHT  12 passed',
    } as const;
    const lines = formatJudgement(judgement({ ...failure, steps: [step] }), explain);
    expect(lines).toContain('        ✗ it printed [2J  but got "\\u001b[2J\\nRIGHT  12 passed"');
  });

  it('say in JSON whether the program is right', () => {
    expect(toJson(judgement(result({})), detailsOf)).toMatchObject({ right: true, elapsed_ms: 1234 });
    expect(toJson(judgement(failure), detailsOf)).toMatchObject({
      right: false,
      properties: [{ property: 'loss', outcome: 'failed' }, { outcome: 'not judged' }],
    });
  });

  it('escape what a program prints in JUnit', () => {
    const xml = formatJunit(judgement(result({}), failure));
    expect(xml).toContain('tests="2" failures="1" errors="0" skipped="0" time="1.234"');
    expect(xml).toContain('message="expected: &lt;x&gt; &amp; &quot;y&quot;"');
    expect(xml).toContain('failed: every peer gets x "&lt;nothing&gt;"');
  });

  it('draw a failure on the page', () => {
    const page = judgePage(judgement(failure));
    expect(page).toContain('Wrong in 1 of 2 properties');
    expect(page).toContain('&lt;nothing>');
  });
});

describe('dialects', () => {
  it('format PEERS in each known form', () => {
    const peers = new Map([['node2', 'http://127.0.0.1:1']]);
    const format = (form: 'named' | 'urls' | 'hosts') => formatPeers({ ids: 'words', peers: form }, peers);
    expect([format('named'), format('urls'), format('hosts')]).toEqual([
      'node2=http://127.0.0.1:1',
      'http://127.0.0.1:1',
      '127.0.0.1:1',
    ]);
    expect(idsOf({ ids: 'numbers', peers: 'hosts' }, 3)).toEqual(['0', '1', '2']);
  });

  it('name each deviation from the contract, and no others', () => {
    const contract = {
      launch: { ids: 'words', peers: 'named' },
      put: { method: 'POST', path: '/put' },
      get: { method: 'GET', path: '/get?key={key}' },
      replicate: { method: 'POST', path: '/replicate' },
      message: contractForm,
      answerClock: { name: 'vc', form: 'object' },
      showsBuffer: true,
      showsClock: true,
    } as const;
    expect(describeDialect(contract)).toEqual([]);
    expect(
      describeDialect({
        ...contract,
        launch: { ids: 'numbers', peers: 'hosts' },
        put: { method: 'POST', path: '/write' },
        answerClock: undefined,
        message: { ...contractForm, clock: 'list', names: { ...contractForm.names, vc: 'vector_clock' } },
      }),
    ).toEqual([
      'NODE_ID is a number',
      'PEERS without scheme',
      'writes by POST /write',
      'messages have `vector_clock` for `vc`',
      'clocks are lists',
      'answers carry no clock',
    ]);
  });
});
