import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryArguments } from '@gridclock/local-service';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { execa } from 'execa';
import { Cluster } from '../../../vector-clock-kv-store/src/verification/scenarios/cluster.ts';
import { scenarios } from '../../../vector-clock-kv-store/src/verification/scenarios/index.ts';
import {
  runScenarios,
  type ScenarioResult,
} from '../../../vector-clock-kv-store/src/verification/scenarios/run-scenarios.ts';
import { RunRecorder } from '../../../vector-clock-kv-store/src/verification/space-time/run-recorder.ts';
import { traceReader } from '../../../vector-clock-kv-store/src/verification/space-time/trace-reader.ts';
import { SuiteError } from '../../local-suite/suite.ts';
import { type StoreRun, storeRunSchema } from '../run-data.ts';
import { measureHeldCause } from './held-cause.ts';
import { measureLoads, measureVisibility } from './store-loads.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The program that runs the soak. */
export const storeClient = join(root, 'vector-clock-kv-store/src/client.ts');

/** What a run of the store shows while its nodes run: all but the soak, which starts nodes of its own. */
export type StoreObservations = Pick<StoreRun, 'scenarios' | 'heldCause' | 'loads' | 'visibility'>;

/** Runs the scenarios on running nodes and measures them. @param print called with each line of progress */
export async function observeStore(
  urls: readonly string[],
  print: (line: string) => void,
  interrupted: AbortSignal,
): Promise<StoreObservations> {
  const run = Date.now().toString(36);
  const cluster = await Cluster.connect({ urls, run, interrupted });
  const recorded = await recordScenarios(cluster, urls, print, interrupted);
  print('store: a held cause, and what waits for it');
  const heldCause = await measureHeldCause(cluster);
  print('store: puts and gets, one client and many');
  const loads = await measureLoads(urls);
  const [writer = '', reader = ''] = urls;
  return { scenarios: recorded, heldCause, loads, visibility: await measureVisibility(writer, reader) };
}

async function recordScenarios(
  cluster: Cluster,
  urls: readonly string[],
  print: (line: string) => void,
  interrupted: AbortSignal,
): Promise<StoreRun['scenarios']> {
  const recorder = await RunRecorder.start(
    urls.map((url) => traceReader(url, undefined)),
    realScheduler,
  );
  const keyPrefix = cluster.key('');
  const results: ScenarioResult[] = [];
  try {
    await runScenarios(
      scenarios,
      cluster,
      interrupted,
      () => {},
      async (result) => {
        const { name, summary } = result.scenario;
        print(`store: scenario ${name}: ${result.passed ? 'passed' : 'FAILED'}`);
        results.push(result);
        await recorder.endSection({ ...result, name, summary, keyPrefix });
      },
    );
  } finally {
    recorder.stop();
  }
  const sections = recorder.sections();
  return results.map(({ scenario, passed, seen, steps }, index) => ({
    name: scenario.name,
    claim: scenario.summary,
    meaning: scenario.meaning,
    ...(seen === undefined ? {} : { seen }),
    passed,
    steps: steps.map(({ kind, text, result }) => ({ kind, text, result })),
    keyPrefix,
    events: [...(sections[index]?.recording.events ?? [])],
    gaps: [...(sections[index]?.recording.gaps ?? [])],
  }));
}

/** Runs a soak as a separate program. @throws SuiteError when it prints no result */
export async function runSoak(seconds: number, interrupted: AbortSignal): Promise<StoreRun['soak']> {
  const { stdout, stderr } = await execa(
    process.execPath,
    [...entryArguments(storeClient), 'soak', '--json', '--seconds', String(seconds)],
    { cwd: root, reject: false, cancelSignal: interrupted },
  );
  const result = storeRunSchema.shape.soak.safeParse(jsonOf(stdout));
  if (!result.success) throw new SuiteError(`The soak printed no result: ${stderr || stdout}`);
  return result.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
