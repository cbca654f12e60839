import pWaitFor, { TimeoutError } from 'p-wait-for';
import { readTargets, type Target } from './prometheus-api.ts';

/** Scrapes and DNS lookups run every 5 s, and a busy machine may need several rounds. */
const TARGETS_TIMEOUT_MS = 60_000;

/** Waits until Prometheus lists exactly the given `job/instance` targets and all of them are up. */
export async function expectTargetsUp(prometheusUrl: string, expected: readonly string[]): Promise<string> {
  const wanted = [...expected].sort().join(' ');
  let targets: Target[] = [];
  const allUp = async () => {
    targets = await readTargets(prometheusUrl);
    const names = targets.map(({ job, instance }) => `${job}/${instance}`).sort();
    return names.join(' ') === wanted && targets.every(({ health }) => health === 'up');
  };
  await pWaitFor(allUp, { interval: 500, timeout: TARGETS_TIMEOUT_MS }).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
    const found = targets.map(({ job, instance, health, lastError }) =>
      [`${job}/${instance}`, health, lastError].join(' ').trim(),
    );
    throw new Error(`expected exactly ${wanted} to be up, but Prometheus lists: ${found.join(', ')}`);
  });
  return `${expected.length} targets`;
}
