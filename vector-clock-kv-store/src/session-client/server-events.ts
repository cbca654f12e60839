import { TransportError } from './transport.ts';

/** One server-sent event. */
export type ServerEvent = { id: string | undefined; name: string; data: string };

/** Parses the events of a stream. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<ServerEvent> {
  let event: ServerEvent = { id: undefined, name: 'message', data: '' };
  for await (const line of readLines(chunks, maxBytes)) {
    if (line === '') {
      if (event.data !== '') yield event;
      event = { id: undefined, name: 'message', data: '' };
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === 'id') event.id = value;
    else if (field === 'event') event.name = value;
    else if (field === 'data') event.data += event.data === '' ? value : `\n${value}`;
    if (event.data.length > maxBytes) throw tooLarge(maxBytes);
  }
}

/** Splits a stream into lines. A last line without an end is dropped: its event is incomplete. */
async function* readLines(chunks: AsyncIterable<Uint8Array>, maxLength: number): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  // Joined once per line: a large event comes in many chunks.
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const [first = '', ...rest] = decoder.decode(chunk, { stream: true }).split('\n');
    parts.push(first);
    length += first.length;
    if (length > maxLength) throw tooLarge(maxLength);
    for (const next of rest) {
      yield parts.join('').replace(/\r$/, '');
      parts = [next];
      length = next.length;
    }
  }
}

function tooLarge(maxLength: number): TransportError {
  return new TransportError(`an event is longer than ${maxLength} characters`, 'ambiguous');
}
