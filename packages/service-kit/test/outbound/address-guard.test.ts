import { createServer, type RequestListener, type Server } from 'node:http';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { AddressGuard, allowedPeersVariable } from '../../src/outbound/address-guard.ts';
import { createHttpClient } from '../../src/outbound/http-client.ts';

const parse = (text?: string) => allowedPeersVariable().parse(text);
const byDefault = new AddressGuard(parse());

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('an address guard', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '::1',
    'fd12::1',
    'fe80::1',
    '::ffff:10.0.0.1',
  ])('allows the private address %s by default', (address) => {
    expect(byDefault.allows('peer', address)).toBe(true);
  });

  it.each([
    '8.8.8.8',
    '172.32.0.1',
    '0.0.0.0',
    '::',
    '169.254.1.1',
    '2001:db8::1',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '100.100.100.200',
    'fd00:ec2::254',
    'FD00:0EC2:0:0:0:0:0:254',
  ])('refuses %s by default', (address) => {
    expect(byDefault.allows('peer', address)).toBe(false);
  });

  it('allows the networks, names and suffixes of ALLOWED_PEERS', () => {
    const guard = new AddressGuard(parse('203.0.113.0/24, 2001:db8::/32, db.example, .internal'));
    expect(guard.allows('x', '203.0.113.9')).toBe(true);
    expect(guard.allows('x', '2001:db8::7')).toBe(true);
    expect(guard.allows('x', '10.0.0.1')).toBe(false);
    expect(guard.allows('DB.example.', '8.8.8.8')).toBe(true);
    expect(guard.allows('a.internal', '8.8.8.8')).toBe(true);
    expect(guard.allows('evilinternal', '8.8.8.8')).toBe(false);
    expect(guard.allows('db.example.evil', '8.8.8.8')).toBe(false);
  });

  it('never allows a metadata service, not even where all networks and the name are allowed', () => {
    const guard = new AddressGuard(parse('0.0.0.0/0,::/0,metadata.google.internal'));
    expect(guard.allows('x', '8.8.8.8')).toBe(true);
    expect(guard.allows('metadata.google.internal', '169.254.169.254')).toBe(false);
    expect(guard.allows('x', 'fd00:ec2::254')).toBe(false);
  });

  it('allows the hosts of the configuration wherever they are', () => {
    const guard = new AddressGuard(parse(), ['http://203.0.113.9:5000', 'http://node2.example:5000']);
    expect(guard.allows('203.0.113.9', '203.0.113.9')).toBe(true);
    expect(guard.allows('node2.example', '8.8.8.8')).toBe(true);
    expect(guard.allows('node3.example', '8.8.8.8')).toBe(false);
  });

  it('judges a mapped IPv4 address as the address itself', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(byDefault.allows('x', `::ffff:${address}`)).toBe(byDefault.allows('x', address));
      }),
    );
  });

  it.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', 'fc00::/129', 'a b', '*', '10.0.0.300', 'http://x'])(
    'rejects the entry %s',
    (entry) => {
      expect(allowedPeersVariable().safeParse(`127.0.0.1,${entry}`)).toMatchObject({ success: false });
    },
  );
});

describe('a guarded HTTP client', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[::ffff:169.254.169.254]/',
    'http://0xa9fea9fe/',
  ])('makes no connection to %s', async (url) => {
    const client = createHttpClient({ timeoutMs: 5_000, guard: byDefault });
    await expect(client.get(url)).rejects.toMatchObject({ code: 'ADDRESS_NOT_ALLOWED' });
  });

  it('judges the address that a name resolves to when it connects', async () => {
    let requests = 0;
    const port = await serve((_request, response) => response.end(String(++requests)));
    const strict = createHttpClient({
      timeoutMs: 5_000,
      guard: new AddressGuard(parse('10.0.0.0/8')),
    });
    await expect(strict.get(`http://localhost:${port}/`)).rejects.toMatchObject({
      code: 'ADDRESS_NOT_ALLOWED',
      message: expect.stringContaining('localhost leads to'),
    });
    expect(requests).toBe(0);
    const open = createHttpClient({ timeoutMs: 5_000, guard: byDefault });
    expect((await open.get(`http://localhost:${port}/`)).status).toBe(200);
  });

  it('follows no redirect', async () => {
    const asked: (string | undefined)[] = [];
    const target = await serve((request, response) => response.end(String(asked.push(request.url))));
    const port = await serve((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${target}/stolen` }).end();
    });
    const client = createHttpClient({ timeoutMs: 5_000, guard: byDefault });
    expect((await client.post(`http://127.0.0.1:${port}/`, '{}')).status).toBe(307);
    expect(asked).toEqual([]);
  });
});
