import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { bundled } from '@gridclock/local-service';
import { startControlServer } from './local-suite/control-server.ts';
import { type PlannedService, planSuite, readPortOffset } from './local-suite/plan.ts';
import { requireFreePorts } from './local-suite/ports-in-use.ts';
import { prometheusInstalled, startPrometheus } from './local-suite/prometheus.ts';
import { runScript } from './local-suite/run-script.ts';
import { type Suite, startSuite } from './local-suite/suite.ts';
import { formatWelcome } from './local-suite/welcome.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Starts both systems and keeps them running until interrupted. */
async function start(interrupted: AbortSignal): Promise<number> {
  const offset = readPortOffset(process.env);
  const dataRoot = resolve(process.env.DATA_DIR ?? fileURLToPath(new URL('../data', import.meta.url)));
  const planned = planSuite(offset, dataRoot);
  const withPrometheus = await prometheusInstalled();
  const prometheusPort = 9090 + offset;
  await requireFreePorts([
    ...planned,
    ...(withPrometheus ? [{ name: 'prometheus', port: prometheusPort }] : []),
  ]);
  const bundles = await bundled(planned.map(({ entryFile }) => entryFile));
  try {
    return await serve(planned, dataRoot, withPrometheus ? prometheusPort : undefined, interrupted);
  } finally {
    await bundles.remove();
  }
}

/** Returns the variables of OpenTelemetry, apart from the name of a single service. */
function tracingOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith('OTEL_') && name !== 'OTEL_SERVICE_NAME' && value !== undefined ? [[name, value]] : [],
    ),
  );
}

async function serve(
  planned: readonly PlannedService[],
  dataRoot: string,
  prometheusPort: number | undefined,
  interrupted: AbortSignal,
): Promise<number> {
  const prefix = linePrefixer([...planned.map(({ name }) => name), 'prometheus']);
  let suite: Suite | undefined;
  const control = await startControlServer(() => suite);
  const controllable = planned.map((service) => ({
    ...service,
    environment: {
      LOG_FORMAT: 'pretty',
      ...tracingOf(process.env),
      ...service.environment,
      ...(service.controls === undefined ? {} : control.grant(service.controls)),
    },
  }));
  try {
    suite = await startSuite(
      controllable,
      (name, line) => print(prefix(name, line)),
      (name, reason) => print(prefix(name, styleText('red', `exited unexpectedly (${reason})`))),
      interrupted,
    );
  } catch (error) {
    control.stop();
    throw error;
  }
  const prometheus =
    prometheusPort === undefined
      ? undefined
      : await startPrometheus(planned, prometheusPort, (line) => print(prefix('prometheus', line)));
  print(`\nData are kept in ${dataRoot}`);
  print(`\n${formatWelcome(planned, prometheusPort)}\n`);
  if (!interrupted.aborted) await once(interrupted, 'abort');
  print('Stopping ...');
  control.stop();
  await Promise.all([suite.stop(), prometheus?.stop()]);
  return 0;
}

/** Returns a function that puts a service's name before a line, in a column as wide as the longest name. */
function linePrefixer(names: readonly string[]): (name: string, line: string) => string {
  const width = Math.max(...names.map((name) => name.length));
  const colours = ['cyan', 'green', 'yellow'] as const;
  return (name, line) => {
    const colour = colours[names.indexOf(name) % colours.length] ?? 'cyan';
    return `${styleText(colour, name.padEnd(width))} ${styleText('dim', '|')} ${line}`;
  };
}

await runScript(
  {
    name: 'npm start',
    description:
      'Starts both systems as local processes, prints their pages and URLs, and runs until Ctrl-C.',
    variables: 'PORT_OFFSET shifts every port (0); DATA_DIR holds the data of both systems (data).',
    exitCodes: '0 stopped by Ctrl-C, 1 not started; one line says why.',
  },
  start,
);
