import { expect, it } from 'vitest';
import { jsonOf, noteJson } from '../../src/storage/encoded-write.ts';

it('a write keeps the JSON that was noted for it', () => {
  const write = { sender: 'a', key: 'x', value: 1, vc: { a: 1 } };
  const sent = '{"vc":{"a":1},"value":1,"key":"x","sender":"a"}';
  noteJson(write, sent);
  expect(jsonOf(write)).toBe(sent);
});
