import { connect } from 'node:net';

/** Sends one request to this host in one piece, over a new connection. */
export async function sendRaw(
  port: number,
  line: string,
  headers: Record<string, string>,
  body: string,
): Promise<{ status: number; headers: Map<string, string>; body: unknown }> {
  const all = {
    Host: `127.0.0.1:${port}`,
    Connection: 'close',
    ...(body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
    ...headers,
  };
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `${line}\r\n${Object.entries(all)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n${body}`,
  );
  let text = '';
  for await (const chunk of socket) text += chunk;
  const [head = '', received = ''] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  return {
    status: Number(first.split(' ')[1]),
    headers: new Map(
      lines.map((each) => [each.split(': ')[0]?.toLowerCase() ?? '', each.split(': ')[1] ?? '']),
    ),
    body: received === '' ? undefined : JSON.parse(received),
  };
}
