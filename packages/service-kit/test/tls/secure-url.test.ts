import { describe, expect, it } from 'vitest';
import { secureUrl } from '../../src/tls/send-with-tls.ts';

describe('a URL that is called with TLS', () => {
  it.each([
    ['http://node2:5000', 'https://node2:5000'],
    ['http://node2', 'https://node2:80'],
    ['http://node2:80/get?key=http://x', 'https://node2:80/get?key=http://x'],
    ['HTTP://127.0.0.1:1/a%2Fb', 'https://127.0.0.1:1/a%2Fb'],
    ['http://[::1]:5000/', 'https://[::1]:5000/'],
    ['https://node2', 'https://node2'],
    ['/replicate', '/replicate'],
  ])('keeps the host, port and path of %s', (url, secured) => {
    expect(secureUrl(url)).toBe(secured);
  });
});
