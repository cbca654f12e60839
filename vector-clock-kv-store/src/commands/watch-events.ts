import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** One server-sent event. */
export type ServerEvent = { id: string | undefined; name: string; data: string };

/** Parses the events of a stream; comments are skipped. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export async function* readEvents(stream: Readable): AsyncGenerator<ServerEvent> {
  let event: ServerEvent = { id: undefined, name: 'message', data: '' };
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === '') {
      if (event.data !== '') yield event;
      event = { id: undefined, name: 'message', data: '' };
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === 'id') event.id = value;
    else if (field === 'event') event.name = value;
    else if (field === 'data') event.data += event.data === '' ? value : `\n${value}`;
  }
}
