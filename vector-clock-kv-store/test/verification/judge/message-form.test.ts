import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contractForm,
  formatMessage,
  type MessageForm,
  readMessages,
} from '../../../src/verification/judge/dialect/message-form.ts';

const words = ['node1', 'node2', 'node3'];
const numbers = ['0', '1', '2'];

describe('readMessages', () => {
  it('reads a message of the contract', () => {
    const body = { sender: 'node1', key: 'x', value: 1, vc: { node1: 2, node2: 0 } };
    expect(readMessages(body, words)).toEqual({
      messages: [{ sender: 'node1', key: 'x', value: 1, vc: { node1: 2 } }],
      form: contractForm,
    });
  });

  it('recognises the names, numbers and lists of other implementations', () => {
    const body = { node_id: 1, key: 'x', value: 'a', vector_clock: [0, 3, 1], timestamp: 1.5 };
    expect(readMessages(body, numbers)).toEqual({
      messages: [{ sender: '1', key: 'x', value: 'a', vc: { 1: 3, 2: 1 } }],
      form: {
        names: { sender: 'node_id', key: 'key', value: 'value', vc: 'vector_clock' },
        isNumericSender: true,
        clock: 'list',
        wrapper: undefined,
        isBatch: false,
      },
    });
  });

  it('recognises lists of messages and messages in a wrapper', () => {
    const message = { sender: 'node1', key: 'x', value: 1, vc: { node1: 1 } };
    expect(readMessages([message, message], words)?.messages).toHaveLength(2);
    expect(readMessages({ writes: [message] }, words)?.form).toEqual({
      ...contractForm,
      wrapper: 'writes',
      isBatch: true,
    });
  });

  it('finds no message in anything else', () => {
    for (const body of [
      null,
      1,
      'x',
      [],
      {},
      { sender: 'node1', key: 'x', value: 1 },
      { key: 'x', value: 1 },
    ])
      expect(readMessages(body, words)).toBeUndefined();
  });

  it('reads whatever formatMessage writes', () => {
    const form: fc.Arbitrary<MessageForm> = fc.record({
      names: fc.record({
        sender: fc.constantFrom('sender', 'from', 'node_id'),
        key: fc.constant('key'),
        value: fc.constantFrom('value', 'val'),
        vc: fc.constantFrom('vc', 'vector_clock', 'clock'),
      }),
      isNumericSender: fc.boolean(),
      clock: fc.constantFrom('object', 'list'),
      wrapper: fc.constantFrom(undefined, 'message', 'writes'),
      isBatch: fc.boolean(),
    });
    const counter = fc.integer({ min: 1, max: 1e9 });
    const message = fc.record({
      sender: fc.constantFrom(...numbers),
      key: fc.string(),
      value: fc.oneof(fc.string(), fc.integer()),
      vc: fc.dictionary(fc.constantFrom(...numbers), counter, { minKeys: 1, noNullPrototype: true }),
    });
    fc.assert(
      fc.property(message, form, (sent, inForm) => {
        expect(readMessages(formatMessage(sent, inForm, numbers), numbers)).toEqual({
          messages: [sent],
          form: inForm,
        });
      }),
    );
  });
});
