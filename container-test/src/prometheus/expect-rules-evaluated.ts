import pWaitFor, { TimeoutError } from 'p-wait-for';
import { queryRange, readRules } from './api.ts';

/** Rules are evaluated every 5 s; those that read rates need two scrapes before. */
const RECORDED_WITHIN_MS = 45_000;

/**
 * Waits until Prometheus has evaluated every rule without an error and every recording rule has a series: one
 * that reads a name that nobody exposes would never fail, and never say anything.
 *
 * @param now the clock, in seconds since 1970
 */
export async function expectRulesEvaluated(prometheusUrl: string, now: () => number): Promise<string> {
  let complaints: string[] = [];
  let count = 0;
  const evaluated = async () => {
    const rules = await readRules(prometheusUrl);
    count = rules.length;
    const said = await Promise.all(
      rules.map(async ({ type, name, health, lastError }) => {
        if (health !== 'ok') return `${name} is ${health} ${lastError}`.trim();
        if (type === 'alerting') return undefined;
        const { samples } = await queryRange(prometheusUrl, name, now() - 60, now());
        return samples > 0 ? undefined : `${name} records nothing`;
      }),
    );
    complaints = said.filter((text) => text !== undefined);
    return count > 0 && complaints.length === 0;
  };
  await pWaitFor(evaluated, { interval: 1_000, timeout: RECORDED_WITHIN_MS }).catch((error: unknown) => {
    throw error instanceof TimeoutError ? new Error(complaints.join('\n') || 'there are no rules') : error;
  });
  return `${count} rules`;
}
