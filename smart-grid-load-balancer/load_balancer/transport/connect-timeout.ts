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
    let connecting = true;
    const giveUp = () => {
      const reason = `no connection within ${timeoutMs} ms`;
      if (connecting) socket.destroy(Object.assign(new Error(reason), { code: CONNECT_TIMEOUT }));
    };
    // One turn later: when this process itself was held up, the connection may have been made meanwhile.
    const timer = setTimeout(() => setImmediate(giveUp), timeoutMs);
    const settled = () => {
      connecting = false;
      clearTimeout(timer);
    };
    socket.once('connect', settled).once('close', settled);
    return socket;
  };
  return agent;
}
