import { Agent } from 'node:http';

/** The code of an error that says that no connection was made in time. */
export const CONNECT_TIMEOUT = 'ECONNECTTIMEOUT';

type Connect = Agent['createConnection'];

/**
 * An agent that keeps connections alive and gives up connecting after some time, with an error of its own.
 * Without it a host that is switched off looks like one that is slow to answer: the one cannot have acted on a
 * request, the other may have.
 *
 * @param timeoutMs milliseconds
 * @param connect opens the connection; the usual way unless a test has another
 */
export function connectTimeoutAgent(timeoutMs: number, connect?: Connect): Agent {
  const agent = new Agent({ keepAlive: true });
  const open = connect ?? agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = open(options, callback);
    if (socket == null) return socket;
    const timer = setTimeout(() => {
      const reason = `no connection within ${timeoutMs} ms`;
      socket.destroy(Object.assign(new Error(reason), { code: CONNECT_TIMEOUT }));
    }, timeoutMs);
    socket.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    return socket;
  };
  return agent;
}
