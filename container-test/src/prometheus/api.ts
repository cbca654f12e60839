import { z } from 'zod';

/** A target that Prometheus scrapes at the moment. */
export type Target = { job: string; instance: string; health: string; lastError: string };

const targetsAnswer = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({
        labels: z.object({ job: z.string(), instance: z.string() }),
        health: z.string(),
        lastError: z.string(),
      }),
    ),
  }),
});

/** The targets as Prometheus' own API lists them. */
export async function readTargets(prometheusUrl: string): Promise<Target[]> {
  const response = await fetch(`${prometheusUrl}/api/v1/targets?state=active`);
  const { data } = targetsAnswer.parse(await response.json());
  return data.activeTargets.map(({ labels, health, lastError }) => ({ ...labels, health, lastError }));
}

const rulesAnswer = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            type: z.enum(['recording', 'alerting']),
            name: z.string(),
            health: z.string(),
            lastError: z.string().default(''),
          }),
        ),
      }),
    ),
  }),
});

/** A rule and how its last evaluation ended: `ok`, `err`, or `unknown` before the first. */
export type Rule = z.output<typeof rulesAnswer>['data']['groups'][number]['rules'][number];

/** The rules that Prometheus has loaded. */
export async function readRules(prometheusUrl: string): Promise<Rule[]> {
  const response = await fetch(`${prometheusUrl}/api/v1/rules`);
  return rulesAnswer.parse(await response.json()).data.groups.flatMap(({ rules }) => rules);
}

const rangeAnswer = z.union([
  z.object({
    status: z.literal('success'),
    data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })) }),
  }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);

/**
 * Evaluates a PromQL expression every 5 s of a period.
 *
 * @param from @param to seconds since 1970
 * @returns how many samples it has that are numbers, or what Prometheus finds wrong with it
 */
export async function queryRange(
  prometheusUrl: string,
  expr: string,
  from: number,
  to: number,
): Promise<{ samples: number; error?: string }> {
  const parameters = new URLSearchParams({ query: expr, start: `${from}`, end: `${to}`, step: '5' });
  const response = await fetch(`${prometheusUrl}/api/v1/query_range`, { method: 'POST', body: parameters });
  const answer = rangeAnswer.parse(await response.json());
  if (answer.status === 'error') return { samples: 0, error: answer.error };
  const values = answer.data.result.flatMap((series) => series.values);
  return { samples: values.filter(([, value]) => value !== 'NaN').length };
}
