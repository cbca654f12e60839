import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readEvents, type ServerEvent } from '../../src/commands/watch-events.ts';

async function parse(chunks: readonly string[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of readEvents(Readable.from(chunks.map((chunk) => Buffer.from(chunk)))))
    events.push(event);
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
});
