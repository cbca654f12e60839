import { createServer, request as forward, type Server } from 'node:http';

export type LossyProxy = {
  url: string;
  /** The next so many answers to `POST /charge` are dropped after the other side has acted. */
  loseAnswers: (count: number) => void;
  /** How many were dropped so far. */
  lost: () => number;
  close: () => Promise<void>;
};

/** Stands before a service and passes everything on, except answers that it is told to lose. */
export async function startLossyProxy(target: { url: string }): Promise<LossyProxy> {
  let toLose = 0;
  let lost = 0;
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = forward(`${target.url}${url}`, { method, headers }, (answer) => {
      const loses = method === 'POST' && url === '/charge' && toLose > 0;
      if (!loses) {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        return;
      }
      toLose -= 1;
      lost += 1;
      answer.resume().once('end', () => incoming.socket.destroy());
    });
    // No service behind: hang up, as a dead one would.
    onward.once('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    loseAnswers(count) {
      toLose = count;
    },
    lost: () => lost,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
  return address.port;
}
