import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvents, type ServerEvent } from '../../src/session-client/server-events.ts';

async function* bytesOf(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function parse(chunks: readonly (string | Uint8Array)[], maxLength = 1_000): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of readEvents(bytesOf(chunks), maxLength)) events.push(event);
  return events;
}

describe('server-sent events', () => {
  it('are read across chunks, without comments', async () => {
    expect(
      await parse([
        ': watching\n\nid: {"node1":1}\nevent: wri',
        'te\ndata: {"key":"x: y"}\n',
        '\n: still here\n\nevent: unavailable\ndata: {}\n\n',
      ]),
    ).toEqual([
      { id: '{"node1":1}', name: 'write', data: '{"key":"x: y"}' },
      { id: undefined, name: 'unavailable', data: '{}' },
    ]);
  });

  it('may have several lines of data and any line ends', async () => {
    expect(await parse(['data: a\r\ndata:b\r\n\r\n'])).toEqual([
      { id: undefined, name: 'message', data: 'a\nb' },
    ]);
  });

  it('count only once they are complete', async () => {
    expect(await parse(['event: write\ndata: {"key"'])).toEqual([]);
  });

  it('are the same however the bytes are divided', async () => {
    const bytes = Buffer.from(
      'id: {"node1":1}\nevent: write\ndata: {"key":"clé 🔑"}\r\n\n: here\n\ndata: b\n\n',
    );
    const cuts = fc.uniqueArray(fc.nat(bytes.length)).map((positions) => positions.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(cuts, async (positions) => {
        const chunks = [0, ...positions].map((from, index) => bytes.subarray(from, positions[index]));
        expect(await parse(chunks)).toEqual(await parse([bytes]));
      }),
    );
  });

  it.each(['data: ', 'data: a\n'])('have a largest size (%j)', async (part) => {
    const endless = Array.from({ length: 1_000 }, () => part);
    await expect(parse(endless)).rejects.toThrow('longer than 1000 characters');
  });
});
