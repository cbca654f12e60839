import { describe, expect, it } from 'vitest';
import { ReceivedResponse } from '../../src/outbound/received-response.ts';

function received(text: string): ReceivedResponse {
  return new ReceivedResponse({ status: 200, header: (name) => `the header ${name}` }, text, undefined);
}

describe('ReceivedResponse', () => {
  it('parses a JSON body, also behind a byte order mark, and keeps any other as text', () => {
    expect(received('\u{feff}{"a":1}').data).toEqual({ a: 1 });
    expect(received('<html>').data).toBe('<html>');
    expect(received('').data).toBe('');
  });

  it('asks its head for a header', () => {
    expect(received('').header('x-id')).toBe('the header x-id');
  });
});
