import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchPutSchema } from '../../src/messages/client.ts';
import { batchSchema } from '../../src/messages/peer.ts';
import { PlainWrites, plainPutsIn } from '../../src/messages/plain-write.ts';

const write = {
  sender: 'node1',
  key: 'x',
  value: { z: [1, null] },
  vc: { node1: 2, 'node2~3fa94c1e': 1 },
  at: 1_700_000_000_000,
  life: '0123456789abcdef',
};

const areAll = (values: readonly unknown[]) => new PlainWrites().read(values, false) !== undefined;

/** Texts that are valid, nearly valid or neither, for keys, ids and lives. */
const text = fc.oneof(
  fc.constantFrom(
    '',
    'node1',
    'node1~3fa9',
    '__proto__',
    'a b',
    'é',
    '\0members',
    '\ud800',
    'x'.repeat(1_025),
  ),
  fc.constantFrom('0123456789abcdef', 'constructor', 'node1~', '7', '~'),
  fc.string({ unit: 'binary' }),
);

const counter = fc.oneof(fc.integer({ min: -1, max: 3 }), fc.constantFrom(0.5, 2 ** 53, '1', null));

const clock = fc.oneof(
  fc.dictionary(text, counter, { maxKeys: 3 }),
  fc.constant({ node1: 1 }),
  fc.constantFrom(null, [], [1], 'node1'),
);

/** A valid write with some other members. */
const anyWrite = fc
  .record(
    {
      sender: fc.oneof(fc.constant('node1'), text),
      key: text,
      value: fc.jsonValue(),
      vc: clock,
      at: fc.oneof(fc.double(), fc.constant('now')),
      life: text,
      other: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .map((members) => ({ ...write, ...members }));

describe('PlainWrites', () => {
  it('recognizes the writes of nodes of this release', () => {
    expect(areAll([write, { sender: '0', key: 'y', value: null, vc: { 0: 1 } }])).toBe(true);
  });

  it.each<[string, object]>([
    ['an unknown member', { other: 1 }],
    ['an entry of 0', { vc: { node1: 1, node2: 0 } }],
    ['no entry of its sender', { vc: { node2: 1 } }],
    ['a key beyond ASCII', { key: 'é' }],
    ['an infinite time', { at: Number.POSITIVE_INFINITY }],
  ])('leaves a write with %s to the schema', (_fault, change) => {
    expect(areAll([write, { ...write, ...change }])).toBe(false);
  });

  it('recognizes only what the schema returns unchanged', () => {
    fc.assert(
      fc.property(fc.array(anyWrite, { minLength: 1, maxLength: 2 }), (values) => {
        // Only what JSON can hold arrives.
        const body: unknown[] = JSON.parse(JSON.stringify(values));
        if (areAll(body)) expect(batchSchema.parse(body)).toEqual(body);
      }),
      { numRuns: 300 },
    );
  });
});

describe('plainPutsIn', () => {
  it('recognizes only what the schema returns unchanged', () => {
    const members = fc.record({ key: text, value: fc.jsonValue(), vc: clock }, { requiredKeys: [] });
    const put = members.map((changed) => ({ key: 'x', value: 1, ...changed }));
    fc.assert(
      fc.property(fc.record({ writes: fc.array(put, { maxLength: 3 }) }), (sent) => {
        const body: unknown = JSON.parse(JSON.stringify(sent));
        const writes = plainPutsIn(body);
        if (writes !== undefined) expect(batchPutSchema.parse(body).writes).toEqual(writes);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [undefined],
    [null],
    [[]],
    [{ writes: [] }],
    [{ writes: {} }],
    [{ writes: Array(1_001).fill(write) }],
  ])('leaves %j to the schema', (body) => expect(plainPutsIn(body)).toBeUndefined());
});
