import type { Server } from 'node:http';
import type { Express } from 'express';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { commonVariables, EnvironmentError, readEnvironment } from './environment.ts';
import { createLogger, type Logger } from './logger.ts';
import { createRegistry } from './metrics.ts';

/** What a service gets to wire its parts with. */
export type ServiceContext<Config> = { config: Config; logger: Logger; registry: Registry };

/** What a service hands back to be run. */
export type Service = {
  app: Express;
  port: number;
  /** Called once the port is open, with the port it really is: for what must run only while serving. */
  started?: (port: number) => void;
  /** Called on SIGTERM or SIGINT, while the port is still open: the place to finish what takes its time. */
  drain?: () => Promise<void> | void;
  /** Called then, once the port is closed, while requests under way are still being answered. */
  stop?: () => Promise<void> | void;
  /** Called when the last request has been answered: the place to close what requests use. */
  closed?: () => Promise<void> | void;
};

/** How long requests under way may take once the port is closed. Container engines kill after 10 s; users wait less. */
const DRAIN_MS = 1_500;

/** Longer than any client here keeps an idle connection, so that a request never meets a closing one. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Runs one service as this process: environment, logger, metrics, wiring, listening, and a clean stop.
 * A wrong variable, a taken port, or an error while wiring ends the process with status 1 and one line.
 *
 * @param name the service's name in logs and messages
 * @param variables zod schemas by variable name, see environment.ts; the common ones are added
 * @param wire builds the service from its configuration; it does not listen
 */
export async function runService<Shape extends z.ZodRawShape>(
  name: string,
  variables: Shape,
  wire: (context: ServiceContext<z.output<z.ZodObject<Shape>>>) => Promise<Service> | Service,
): Promise<void> {
  try {
    const common = readEnvironment(z.object(commonVariables), process.env);
    const config = readEnvironment(z.object(variables), process.env);
    const logger = createLogger(name, common.LOG_LEVEL, common.LOG_FORMAT);
    const service = await wire({ config, logger, registry: createRegistry() });
    const server = await listen(service.app, service.port, common.HOST);
    stopOnSignal(server, service, logger);
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : service.port;
    service.started?.(port);
    logger.info({ port }, 'listening');
  } catch (error) {
    process.stderr.write(`${name}: ${startFailure(error)}\n`);
    process.exit(1);
  }
}

/** Opens the port; rejects when it is taken or may not be opened. */
export function listen(app: Express, port: number, host?: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = host === undefined ? app.listen(port) : app.listen(port, host);
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.once('listening', () => resolve(server));
    server.once('error', reject);
  });
}

function startFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof EnvironmentError) return error.message;
  if ('code' in error && 'port' in error && 'syscall' in error && error.syscall === 'listen') {
    if (error.code === 'EADDRINUSE') return `port ${error.port} is already in use; choose another with PORT`;
    if (error.code === 'EACCES')
      return `port ${error.port} may not be opened by this user; choose another with PORT`;
  }
  if ('code' in error && (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND'))
    return `HOST is no address of this machine (${error.message})`;
  return error.message.split('\n')[0] ?? error.name;
}

function stopOnSignal(server: Server, service: Service, logger: Logger): void {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    try {
      await service.drain?.();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await service.stop?.();
      await closed;
      await service.closed?.();
    } catch (error) {
      logger.error({ err: error }, 'stopping failed');
      process.exitCode = 1;
    }
    process.exit();
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
}
