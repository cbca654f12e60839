import pWaitFor, { TimeoutError } from 'p-wait-for';
import { readTargets, type Target } from './api.ts';

/** Scrapes and DNS look-ups run every 5 s; a few rounds may pass on a busy machine. */
const SEEN_WITHIN_MS = 60_000;

/** Waits until Prometheus lists exactly the given `job/instance` targets and every one is up. */
export async function expectTargetsUp(prometheusUrl: string, expected: readonly string[]): Promise<string> {
  const wanted = [...expected].sort().join(' ');
  let targets: Target[] = [];
  const allUp = async () => {
    targets = await readTargets(prometheusUrl);
    const names = targets.map(({ job, instance }) => `${job}/${instance}`).sort();
    return names.join(' ') === wanted && targets.every(({ health }) => health === 'up');
  };
  await pWaitFor(allUp, { interval: 500, timeout: SEEN_WITHIN_MS }).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
    const seen = targets.map(({ job, instance, health, lastError }) =>
      [`${job}/${instance}`, health, lastError].join(' ').trim(),
    );
    throw new Error(`wanted all of ${wanted} up, Prometheus has: ${seen.join(', ')}`);
  });
  return `${expected.length} targets`;
}
