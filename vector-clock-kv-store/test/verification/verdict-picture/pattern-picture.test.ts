import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, it } from 'vitest';
import { checkHistory } from '../../../src/verification/history/check-history.ts';
import type { History, Operation } from '../../../src/verification/history/history.ts';
import type { BadPattern, Violation } from '../../../src/verification/history/verdict.ts';
import { layOutPattern } from '../../../src/verification/verdict-picture/lay-out-pattern.ts';
import { PatternPicture } from '../../../src/verification/verdict-picture/pattern-picture.tsx';
import { verdictPage } from '../../../src/verification/verdict-picture/verdict-page.tsx';
import { read, sessions, write } from '../../support/history-operations.ts';
import { violatingHistories } from '../../support/violating-histories.ts';

function violationOf(history: History): Violation {
  const verdict = checkHistory(history);
  if (verdict.consistent) throw new Error('the history is consistent');
  return verdict;
}

/** The arrows of a pattern, as they are drawn. */
function arrowsOf(pattern: BadPattern): string[] {
  const { arrows } = layOutPattern(violationOf(violatingHistories[pattern]));
  const place = ({ session, index }: { session: string; index: number }) => `${session}[${index}]`;
  return arrows.map(
    ({ from, to, relation, isContradiction }) =>
      `${place(from)} ${isContradiction ? '✗ ' : ''}${relation} ${place(to)}`,
  );
}

describe('layOutPattern', () => {
  it('draws a read from thin air alone', () => {
    expect(arrowsOf('ThinAirRead')).toEqual([]);
    const { operations, lanes } = layOutPattern(violationOf(violatingHistories.ThinAirRead));
    expect(lanes).toEqual(['bob']);
    expect(operations.map(({ text }) => text)).toEqual(['bob[0] read x, got 2']);
  });

  it('draws the cycle of CyclicCO', () => {
    expect(arrowsOf('CyclicCO')).toEqual([
      'alice[1] reads from bob[0]',
      'bob[0] session order bob[1]',
      'bob[1] reads from alice[0]',
      'alice[0] session order alice[1]',
    ]);
  });

  it('draws the chain of WriteCOInitRead, and the read that contradicts it', () => {
    expect(arrowsOf('WriteCOInitRead')).toEqual([
      'alice[0] reads from bob[0]',
      'bob[0] session order bob[1]',
      'bob[1] reads from carol[0]',
      'carol[0] session order carol[1]',
      'carol[1] ✗ reads from alice[0]',
    ]);
  });

  it('draws the chain of WriteCORead, and the read of the overwritten value', () => {
    expect(arrowsOf('WriteCORead')).toEqual([
      'alice[0] session order alice[1]',
      'alice[1] reads from bob[0]',
      'bob[0] session order bob[1]',
      'alice[0] ✗ reads from bob[1]',
    ]);
  });

  it('draws the conflicts of CyclicCF, and the reads that imply them', () => {
    expect(arrowsOf('CyclicCF')).toEqual([
      'alice[0] conflict order bob[0]',
      'bob[0] conflict order alice[0]',
      'alice[0] session order alice[1]',
      'bob[0] reads from alice[1]',
      'bob[0] session order bob[1]',
      'alice[0] reads from bob[1]',
    ]);
  });

  it.each(Object.keys(violatingHistories) as BadPattern[])('keeps sessions in order: %s', (pattern) => {
    const { operations } = layOutPattern(violationOf(violatingHistories[pattern]));
    for (const one of operations)
      for (const other of operations)
        if (one.session === other.session && one.index < other.index) expect(one.row).toBeLessThan(other.row);
    expect(new Set(operations.map(({ row }) => row)).size).toBe(operations.length);
  });

  it('draws the ends of a long chain, and its middle as one arrow', () => {
    const relays: Record<string, Operation[]> = { s0: [write('x', 1), write('k0', 1)] };
    for (let number = 1; number < 40; number++)
      relays[`s${number}`] = [read(`k${number - 1}`, 1), write(`k${number}`, 1)];
    const violation = violationOf(sessions({ ...relays, end: [read('k39', 1), read('x', null)] }));
    expect(violation.evidence.length).toBeGreaterThan(70);
    const { arrows, operations } = layOutPattern(violation);
    expect(arrows.length).toBe(8);
    expect(operations.length).toBe(8);
    expect(arrows[3]).toMatchObject({ relation: 'causal order', steps: violation.evidence.length - 6 });
  });
});

describe('PatternPicture', () => {
  it.each(Object.keys(violatingHistories) as BadPattern[])('says in words what it draws: %s', (pattern) => {
    const violation = violationOf(violatingHistories[pattern]);
    const svg = renderToString(h(PatternPicture, { violation }));
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    for (const { text } of violation.operations)
      expect(svg).toContain(`<title>${text.replaceAll('"', '&quot;')}`);
    expect(svg.match(/<path class="arrow/g) ?? []).toHaveLength(arrowsOf(pattern).length);
    expect(svg.match(/<text class="relation/g) ?? []).toHaveLength(arrowsOf(pattern).length);
    expect(svg).toContain(`aria-label="${pattern}: `);
  });

  it('shows node and clock of an operation, and escapes what clients wrote', () => {
    const violation = violationOf(
      sessions({
        '<i>': [{ ...write('x', '<b>'), node: 'node1', vc: { node1: 1 } }, write('x', 'c')],
        bob: [read('x', 'c'), read('x', '<b>')],
      }),
    );
    const svg = renderToString(h(PatternPicture, { violation }));
    expect(svg).toContain('at node1 node1:1');
    expect(svg).toContain('>x=&lt;b></text>');
    expect(svg).not.toMatch(/<i>|<b>/);
  });
});

describe('verdictPage', () => {
  it('begins with the verdict, and tells the steps as text too', () => {
    const verdict = violationOf(violatingHistories.WriteCOInitRead);
    const page = verdictPage({ source: 'a.json', verdict, sessionViolations: [] });
    expect(page).toContain('<p class="verdict fail">Inconsistent</p>');
    expect(page).toContain(
      '<li>bob[0] read photo, got 1  →  bob[1] write comment=2  (later in its session)</li>',
    );
    expect(page).not.toMatch(/<script|src=|@import/);
  });

  it('says when nothing is violated, and when only a session guarantee is', () => {
    const verdict = checkHistory(sessions({ alice: [write('x', 1)] }));
    expect(verdictPage({ source: 'a.json', verdict, sessionViolations: [] })).toContain('>Consistent<');
    const operation = { session: 'alice', index: 1, text: 'alice[1]', operation: read('x', 1) };
    const sessionViolations = [
      { guarantee: 'read your writes', operation, explanation: 'alice[1]' } as const,
    ];
    const page = verdictPage({ source: 'a.json', verdict, sessionViolations });
    expect(page).toContain('>Session guarantees violated<');
    expect(page).toContain('<li>read your writes: alice[1]</li>');
  });
});
