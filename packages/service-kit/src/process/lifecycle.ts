import { constants } from 'node:crypto';
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Express } from 'express';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { TRUSTED_ORIGINS } from '../browsers/cross-origin.ts';
import { ALLOWED_HOSTS } from '../browsers/known-host.ts';
import { reloadableSecrets } from '../credentials/reloadable-secrets.ts';
import { arrivalTimeouts } from '../door/arrival-timeouts.ts';
import { createFrontDoor, type DoorOptions } from '../door/create-front-door.ts';
import { hotPathOf, listenerOf } from '../hot/hot-listener.ts';
import { realScheduler } from '../pacing/scheduler.ts';
import { answerBrokenRequests } from '../problems/broken-requests.ts';
import { StartError } from '../problems/errors.ts';
import { createRegistry } from '../requests/metrics.ts';
import { publishExpiry } from '../tls/certificate-metrics.ts';
import { limitHandshakes } from '../tls/handshake-limit.ts';
import { listenForProbes } from '../tls/probe-server.ts';
import { ServiceTls } from '../tls/service-tls.ts';
import { tlsPaths, tlsVariables } from '../tls/tls-variables.ts';
import { startTracing } from '../tracing/start-tracing.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { isTracingOn, tracingVariables } from '../tracing/tracing-variables.ts';
import { commonVariables, EnvironmentError, readEnvironment } from './environment.ts';
import { createLogger, type Logger } from './logger.ts';
import { FileReloader } from './reloaded-files.ts';
import { formatServiceHelp } from './service-help.ts';

/** What a service is wired from. */
type ServiceContext<Config> = {
  config: Config;
  logger: Logger;
  registry: Registry;
  /** The service's certificates; undefined without TLS. */
  tls: ServiceTls | undefined;
  /** Undefined where tracing is off. */
  tracing: Tracing | undefined;
};

/** A wired service, ready to run. */
type Service = {
  app: Express;
  port: number;
  /** The most bytes of a request's first line and headers; Node's default is 16 KiB. */
  maxHeaderBytes?: number;
  /** How the service sheds load. */
  door?: DoorOptions;
  /** Called once the port is open, with the actual port: the place to start background work. */
  started?: (port: number) => void;
  /** Called first on SIGTERM or SIGINT, while the port is still open: the place to finish long work. */
  drain?: () => Promise<void> | void;
  /** Called after `drain`, once the port is closed, while requests are still in flight. */
  stop?: () => Promise<void> | void;
  /** Called after the last response: the place to close resources that requests use. */
  closed?: () => Promise<void> | void;
};

const processVariables = { ...commonVariables, ...tlsVariables, ...tracingVariables };

/** 1.5 s for requests in flight once the port is closed: container engines kill after 10 s, people wait less. */
const CLOSE_TIMEOUT_MS = 1_500;

/** 10 s: a handshake takes two round trips. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** 65 s: longer than any client here keeps an idle connection, so that no request meets a closing one. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Runs a service as this process: reads the environment, wires the service, listens, and stops it on a signal.
 *
 * If a variable is invalid, the port is in use or wiring fails, it prints one line and exits with status 1, or
 * with that of a StartError.
 *
 * @param name the service's name in logs and messages
 * @param variables zod schemas by variable name, without the common ones; see environment.ts
 * @param wire builds the service from its config; must not listen
 * @param instanceOf returns the name of this process among those of the service, for traces
 */
export async function runService<Shape extends z.ZodRawShape>(
  name: string,
  variables: Shape,
  wire: (context: ServiceContext<z.output<z.ZodObject<Shape>>>) => Promise<Service> | Service,
  instanceOf: (config: z.output<z.ZodObject<Shape>>) => string | undefined = () => undefined,
): Promise<void> {
  const [argument] = process.argv.slice(2);
  if (argument === '--help' || argument === '-h') {
    process.stdout.write(`${formatServiceHelp(name, { ...variables, ...processVariables })}\n`);
    return;
  }
  try {
    if (argument !== undefined)
      throw new EnvironmentError(`takes no arguments (got "${argument}"); --help lists its variables`);
    const common = readEnvironment(z.object(processVariables), process.env);
    const config = readEnvironment(z.object(variables), process.env);
    const paths = tlsPaths(common);
    const tls = paths && new ServiceTls({ paths, role: name, wallClock: Date.now });
    let tracing: Tracing | undefined;
    const isTraced = isTracingOn(common);
    const traceIds = () => tracing?.logFields() ?? {};
    const logger = createLogger(name, common.LOG_LEVEL, common.LOG_FORMAT, isTraced ? traceIds : undefined);
    if (isTraced) tracing = await startTracing({ service: name, instance: instanceOf(config), logger });
    const registry = createRegistry(common.REVISION);
    const reloader = new FileReloader({ scheduler: realScheduler, wallClock: Date.now, logger, registry });
    for (const secret of reloadableSecrets(variables, process.env, config)) reloader.watch(secret);
    if (tls !== undefined) {
      reloader.watch({ name: 'TLS', paths: tls.paths, load: () => tls.load() });
      publishExpiry(tls, registry, Date.now);
    }
    const service = await wire({ config, logger, registry, tls, tracing });
    service.app.set(ALLOWED_HOSTS, common.ALLOWED_HOSTS).set(TRUSTED_ORIGINS, common.TRUSTED_ORIGINS);
    const door = createFrontDoor(registry, service.door);
    const listener = listenerOf(service.app);
    const guarded = door.guard(
      tracing?.serve(listener, (request) => hotPathOf(service.app, request)) ?? listener,
    );
    const server = await listen(guarded, service.port, common.HOST, service.maxHeaderBytes, tls);
    door.watchConnections(server);
    answerBrokenRequests(server, logger);
    if (tls !== undefined && common.PROBE_PORT !== undefined)
      await listenForProbes(service.app, common.PROBE_PORT);
    stopOnSignal(server, service, logger, tracing);
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : service.port;
    service.started?.(port);
    logger.info({ port }, 'listening');
  } catch (error) {
    process.stderr.write(`${name}: ${startFailure(error)}\n`);
    process.exit(error instanceof StartError ? error.exitCode : 1);
  }
}

/** Starts to listen; rejects if the port cannot be opened. */
export function listen(
  app: RequestListener,
  port: number,
  host?: string,
  maxHeaderBytes?: number,
  tls?: ServiceTls,
): Promise<Server> {
  return new Promise((resolve, reject) => {
    // The app refuses a request without Host, in the form of all errors.
    const options = {
      requireHostHeader: false,
      ...arrivalTimeouts,
      ...(maxHeaderBytes === undefined ? {} : { maxHeaderSize: maxHeaderBytes }),
    };
    const server = tls === undefined ? createServer(options, app) : serverWithTls(options, app, tls);
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.once('listening', () => resolve(server));
    server.once('error', reject);
    if (host === undefined) server.listen(port);
    else server.listen(port, host);
  });
}

/**
 * Creates a server that asks every client for a certificate but also serves clients without one: probes, scrapes and
 * the service's clients. `requirePeer` guards the routes for other services.
 */
function serverWithTls(options: ServerOptions, app: RequestListener, tls: ServiceTls): Server {
  const server = createTlsServer(
    {
      ...options,
      ...tls.serverContext,
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      // A resumed session would skip the verification of the client.
      secureOptions: constants.SSL_OP_NO_TICKET,
    },
    app,
  );
  limitHandshakes(server);
  tls.onChange(() =>
    server.setSecureContext({ ...tls.serverContext, secureOptions: constants.SSL_OP_NO_TICKET }),
  );
  return server;
}

function startFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof EnvironmentError) return error.message;
  if ('code' in error && 'port' in error && 'syscall' in error && error.syscall === 'listen') {
    if (error.code === 'EADDRINUSE') return `port ${error.port} is already in use. Set PORT to a free port.`;
    if (error.code === 'EACCES')
      return `this user may not open port ${error.port}. Set PORT to a higher port.`;
  }
  if ('code' in error && (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND'))
    return `HOST is not an address of this machine (${error.message}). Unset it to listen on every address.`;
  return error.message.split('\n')[0] ?? error.name;
}

function stopOnSignal(server: Server, service: Service, logger: Logger, tracing: Tracing | undefined): void {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    try {
      await service.drain?.();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
      await service.stop?.();
      await closed;
      await service.closed?.();
    } catch (error) {
      logger.error({ err: error }, 'stopping failed; exiting anyway');
      process.exitCode = 1;
    }
    await tracing?.stop();
    process.exit();
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
}
