// Runs in a container that has taken a substation's aliases. Forwards every request to TARGET but charges, which hang:
// the substation answers polls, and its charges fail.
import { createServer, request as sendRequest } from 'node:http';

const { PORT, TARGET } = process.env;

createServer((incoming, outgoing) => {
  const { headers, method, url } = incoming;
  if (method === 'POST' && url === '/charge') {
    incoming.resume();
    return;
  }
  const forwarded = sendRequest(`${TARGET}${url}`, { method, headers }, (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(outgoing);
  });
  forwarded.once('error', () => incoming.socket.destroy());
  incoming.pipe(forwarded);
}).listen(Number(PORT));
