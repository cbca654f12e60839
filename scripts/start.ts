import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { interruption } from './local-suite/interruption.ts';
import { planSuite } from './local-suite/plan.ts';
import { readPortOffset } from './local-suite/port-offset.ts';
import { prefixer } from './local-suite/prefix.ts';
import { prometheusInstalled, startPrometheus } from './local-suite/prometheus.ts';
import { reportFailure } from './local-suite/report-failure.ts';
import { demandFreePorts, startSuite } from './local-suite/suite.ts';
import { describeUrls } from './local-suite/urls.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Runs until a signal asks for the end. */
async function start(): Promise<void> {
  const offset = readPortOffset(process.env);
  const dataRoot = resolve(process.env.DATA_DIR ?? fileURLToPath(new URL('../data', import.meta.url)));
  const planned = planSuite(offset, dataRoot);
  const withPrometheus = await prometheusInstalled();
  const prometheusPort = 9090 + offset;
  await demandFreePorts([
    ...planned,
    ...(withPrometheus ? [{ name: 'prometheus', port: prometheusPort }] : []),
  ]);
  const prefix = prefixer([...planned.map(({ name }) => name), 'prometheus']);
  const interrupted = interruption();
  const logging = planned.map((service) => ({
    ...service,
    environment: { LOG_FORMAT: 'pretty', ...service.environment },
  }));
  const suite = await startSuite(
    logging,
    (name, line) => print(prefix(name, line)),
    (name, how) => print(prefix(name, styleText('red', `ended by itself (${how})`))),
    interrupted,
  );
  const prometheus = withPrometheus
    ? await startPrometheus(planned, prometheusPort, (line) => print(prefix('prometheus', line)))
    : undefined;
  print(`\nThe store keeps its data in ${dataRoot}`);
  print(`\n${describeUrls(planned, withPrometheus ? prometheusPort : undefined)}\n`);
  if (!interrupted.aborted) await once(interrupted, 'abort');
  print('Stopping ...');
  await Promise.all([suite.stop(), prometheus?.stop()]);
}

await start().catch(reportFailure);
