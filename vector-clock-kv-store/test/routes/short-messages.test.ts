import fc from 'fast-check';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/causality/write.ts';
import { readWrites } from '../../src/routes/read-writes.ts';
import { jsonOf } from '../../src/storage/encoded-write.ts';
import { listOf } from '../../src/storage/write-list.ts';
import { servedNode } from '../support/node-app.ts';
import { write } from '../support/sample-write.ts';

const served = servedNode();
const send = (body: object | string, version?: string) => {
  const sent = request(served.app).post('/replicate').set('content-type', 'application/json');
  return (version === undefined ? sent : sent.set('x-gridclock-wire', version)).send(body);
};

const first = { ...write('node2', 1), at: 5, life: '0123456789abcdef' };

describe('a message with writes in the short form', () => {
  it('is applied like whole writes', async () => {
    const short = [
      { key: 'a', value: { b: [null] } },
      { key: 'é', value: 'é' },
      { key: 'x', value: null },
    ];
    const { body, status } = await send([first, ...short], '2');
    expect([status, body]).toEqual([202, { status: 'applied', vc: { node2: 4 } }]);
    expect(served.storage.log('node2', 0, { writes: 9, bytes: 9_000 })).toEqual(
      [first, ...short].map((item, index) => ({ ...first, ...item, vc: { node2: index + 1 } })),
    );
    expect((await request(served.app).get('/get?key=x')).body.value).toBeNull();
  });

  it('keeps the texts of its writes, as the sender has encoded them', async () => {
    await send('[{"sender":"node2","key":"k","value":1.0,"vc":{"node2":1}},{"value":2.0,"key":"k"}]', '2');
    const [one, two] = served.storage.log('node2', 0, { writes: 9, bytes: 9_000 });
    if (one === undefined || two === undefined) expect.fail('not stored');
    expect(jsonOf(one)).toContain('1.0');
    expect(listOf([one, two])).toBe(`[${jsonOf(one)},{"value":2.0,"key":"k"}]`);
  });

  it('is buffered as a whole behind what is missing, and delivered after it', async () => {
    const later = await send([write('node2', 2), { key: 'y', value: 3 }], '2');
    expect(later.body).toEqual({ status: 'buffered', vc: {} });
    const mixed = await send([write('node2', 2), { key: 'z', value: 4 }, write('node2', 4, 'w')], '2');
    expect(mixed.body).toMatchObject({ statuses: ['duplicate', 'duplicate', 'buffered'] });
    await send(write('node2', 1)).expect(202);
    expect((await request(served.app).get('/get?key=y')).body.value).toBe(3);
  });

  const clock = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`node${index + 1}`, 1]));

  it.each<[string, unknown[], string | undefined, string]>([
    ['of the first version', [first, { key: 'a', value: 1 }], undefined, '1.sender'],
    ['that begins with one', [{ key: 'a', value: 1 }, first], '2', '0.sender'],
    ['with a key of another kind', [first, { key: 7, value: 1 }], '2', '1.sender'],
    ['without a value', [first, { key: 'a' }], '2', '1.sender'],
    ['with a time in it', [first, { key: 'a', value: 1, at: 6 }], '2', '1.sender'],
    [
      'behind a write that is not valid',
      [
        { ...first, vc: {} },
        { key: 'a', value: 1 },
      ],
      '2',
      '0.vc',
    ],
    [
      'behind a clock of 17 entries',
      [
        { ...first, vc: clock },
        { key: 'a', value: 1 },
      ],
      '2',
      '1.sender',
    ],
    ['with a value nested too deeply', [first, { key: 'a', value: deep(101) }], '2', '1.value'],
  ])('is refused if it is one %s, and changes nothing', async (_what, body, version, field) => {
    const response = await send(body, version);
    expect([response.status, response.body.field]).toEqual([400, field]);
    expect(served.storage.clock).toEqual({});
  });

  it('is read as the writes that were sent, whatever they are', () => {
    const anyWrite = fc.record({
      key: fc.constantFrom('x', 'é', 'y z'),
      value: fc.jsonValue(),
      skip: fc.constantFrom(0, 0, 0, 1),
      b: fc.constantFrom(1, 1, 1, 2),
      at: fc.constantFrom(5, 5, 5, 6),
    });
    fc.assert(
      fc.property(fc.array(anyWrite, { minLength: 1, maxLength: 20 }), (contents) => {
        let counter = 0;
        const writes = contents.map(({ key, value, at, b, skip }): Write => {
          counter += 1 + skip;
          return JSON.parse(JSON.stringify({ sender: 'a', key, value, vc: { a: counter, b }, at }));
        });
        const expected = JSON.parse(JSON.stringify(writes));
        expect(readWrites(JSON.parse(listOf(writes)), 2).writes).toEqual(expected);
      }),
    );
  });
});

function deep(levels: number): unknown {
  return levels === 0 ? 1 : [deep(levels - 1)];
}
