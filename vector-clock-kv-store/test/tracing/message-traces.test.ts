import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatMessageTraces,
  MAX_TRACED_WRITES,
  parseMessageTraces,
} from '../../src/tracing/message-traces.ts';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const hex = (digits: number) =>
  fc.bigInt({ min: 0n, max: 16n ** BigInt(digits) - 1n }).map((id) => id.toString(16).padStart(digits, '0'));

const tracedWrite = fc.record({
  index: fc.integer({ min: 0, max: 9_999 }),
  context: fc.tuple(hex(32), hex(16)).map(([trace, span]) => `00-${trace}-${span}-01`),
});

describe('the traces of a message', () => {
  it('are a header with the index and the context of each traced write', () => {
    const header = formatMessageTraces([
      { index: 0, context: traceparent },
      { index: 7, context: traceparent },
    ]);
    expect(header).toBe(`0=${traceparent},7=${traceparent}`);
    expect(parseMessageTraces(header)).toEqual([
      { index: 0, context: traceparent },
      { index: 7, context: traceparent },
    ]);
  });

  it('are read as they were written, within 2 KiB', () => {
    fc.assert(
      fc.property(fc.array(tracedWrite, { maxLength: MAX_TRACED_WRITES }), (traced) => {
        const header = formatMessageTraces(traced);
        expect(header.length).toBeLessThanOrEqual(2_048);
        expect(parseMessageTraces(traced.length === 0 ? undefined : header)).toEqual(traced);
      }),
    );
  });

  it('are none in any other text', () => {
    expect(parseMessageTraces(`0=${traceparent.replace(/1$/, '0')}`)).toEqual([]);
    expect(parseMessageTraces(`x=${traceparent},1=${traceparent},,2=`)).toEqual([
      { index: 1, context: traceparent },
    ]);
    fc.assert(fc.property(fc.string(), (text) => parseMessageTraces(text).length === 0));
  });

  it('are read up to the number that a node sends', () => {
    const header = Array.from({ length: 1_000 }, (_, index) => `${index}=${traceparent}`).join(',');
    expect(parseMessageTraces(header)).toHaveLength(MAX_TRACED_WRITES);
  });
});
