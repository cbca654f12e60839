import { describe, expect, it } from 'vitest';
import { findDifference, findMissingEvent, findMissingLine } from '../src/compare.ts';

describe('findDifference', () => {
  it.each([
    ['numbers, ids and times of another run', { load: 1, request_id: 'a' }, { load: 2, request_id: 'b' }],
    ['clocks', { vc: { node1: 1 } }, { vc: {} }],
    ['further members', {}, { more: true }],
    ['further elements', { links: [] }, { links: [1] }],
  ])('accepts %s', (_name, shown, received) => {
    expect(findDifference(shown, received)).toBeUndefined();
  });

  it.each([
    ['another text', { error: 'No such session' }, { error: 'Gone' }, '$.error'],
    ['a missing member', { a: { b: 1 } }, { a: {} }, '$.a.b'],
    ['a missing id', { request_id: 'a' }, {}, '$.request_id'],
    ['a missing clock', { vc: {} }, {}, '$.vc'],
    ['a missing element', { links: [{ peer: 'a' }] }, { links: [] }, '$.links.0'],
    ['a list for an object', { links: {} }, { links: [] }, '$.links'],
    ['null', { value: null }, { value: {} }, '$.value'],
  ])('finds %s', (_name, shown, received, path) => {
    expect(findDifference(shown, received)).toBe(path);
  });
});

describe('findMissingLine', () => {
  it('compares lines in their order, but for numbers', () => {
    expect(findMissingLine('a 1\nb', 'x\na 2.5\ny\nbc')).toBeUndefined();
    expect(findMissingLine('b\na', 'a\nb')).toBe('a');
  });
});

describe('findMissingEvent', () => {
  const shown = 'event: write\ndata: {"key":"x"}\n\n';

  it('waits for an event to be complete', () => {
    expect(findMissingEvent(shown, ': hello\n\nevent: write\ndata: {"key":"x"}')).toBe('write');
    expect(findMissingEvent(shown, `: hello\n\n${shown}`)).toBeUndefined();
  });

  it('finds that an event says something else', () => {
    expect(findMissingEvent(shown, 'event: write\ndata: {"key":"y"}\n\n')).toBe('write');
  });
});
