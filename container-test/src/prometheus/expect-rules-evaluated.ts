import pWaitFor, { TimeoutError } from 'p-wait-for';
import { queryRange, readRules } from './prometheus-api.ts';

/** Rules are evaluated every 5 s; rules that compute rates need two scrapes first. */
const RECORDED_TIMEOUT_MS = 45_000;

/**
 * Waits until Prometheus has evaluated every rule without error and every recording rule has a series.
 *
 * A rule that reads a metric nobody exposes never fails; it only records nothing.
 *
 * @param nowSeconds the clock, in seconds since 1970
 */
export async function expectRulesEvaluated(prometheusUrl: string, nowSeconds: () => number): Promise<string> {
  let problems: string[] = [];
  let count = 0;
  const evaluated = async () => {
    const rules = await readRules(prometheusUrl);
    count = rules.length;
    const found = await Promise.all(
      rules.map(async ({ type, name, health, lastError }) => {
        if (health !== 'ok') return `${name} is ${health} ${lastError}`.trim();
        if (type === 'alerting') return undefined;
        const { series } = await queryRange(prometheusUrl, name, nowSeconds() - 60, nowSeconds());
        return series.length > 0 ? undefined : `${name} records nothing`;
      }),
    );
    problems = found.filter((problem) => problem !== undefined);
    return count > 0 && problems.length === 0;
  };
  await pWaitFor(evaluated, { interval: 1_000, timeout: RECORDED_TIMEOUT_MS }).catch((error: unknown) => {
    throw error instanceof TimeoutError ? new Error(problems.join('\n') || 'Prometheus has no rules') : error;
  });
  return `${count} rules`;
}
