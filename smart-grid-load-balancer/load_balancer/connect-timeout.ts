import { Agent } from 'node:http';

/** The code of an error that says that no connection was made in time. */
export const CONNECT_TIMEOUT = 'ECONNECTTIMEOUT';

/**
 * An agent that keeps connections alive and gives up connecting after some time, with an error of its own.
 * Without it a host that is switched off looks like one that is slow to answer: the one cannot have acted on a
 * request, the other may have.
 *
 * @param timeoutMs milliseconds
 */
export function connectTimeoutAgent(timeoutMs: number): Agent {
  const agent = new Agent({ keepAlive: true });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback);
    if (socket == null) return socket;
    const timer = setTimeout(() => {
      socket.destroy(
        Object.assign(new Error(`no connection within ${timeoutMs} ms`), { code: CONNECT_TIMEOUT }),
      );
    }, timeoutMs);
    socket.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    return socket;
  };
  return agent;
}
