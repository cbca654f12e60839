import { Agent } from 'node:http';

/** The error code of a connection attempt that timed out. */
export const CONNECT_TIMEOUT = 'ECONNECTTIMEOUT';

type Connect = Agent['createConnection'];

/**
 * Creates an agent that keeps connections alive and limits the time for connecting.
 *
 * Without the limit, a host that is switched off looks like one that is slow to respond; but only the slow one
 * may have acted on the request.
 *
 * @param timeoutMs milliseconds
 * @param connect opens a connection; tests replace it
 */
export function connectTimeoutAgent(timeoutMs: number, connect?: Connect): Agent {
  const agent = new Agent({ keepAlive: true });
  const open = connect ?? agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = open(options, callback);
    if (socket == null) return socket;
    let connecting = true;
    const abort = () => {
      const reason = `no connection within ${timeoutMs} ms`;
      if (connecting) socket.destroy(Object.assign(new Error(reason), { code: CONNECT_TIMEOUT }));
    };
    // One turn later: if this process was blocked, the connection may be established by now.
    const timer = setTimeout(() => setImmediate(abort), timeoutMs);
    const settled = () => {
      connecting = false;
      clearTimeout(timer);
    };
    socket.once('connect', settled).once('close', settled);
    return socket;
  };
  return agent;
}
