import { z } from 'zod';

/** A target that Prometheus currently scrapes. */
export type Target = { job: string; instance: string; health: string; lastError: string };

const targetsSchema = z.object({
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

/** Reads the active targets. */
export async function readTargets(prometheusUrl: string): Promise<Target[]> {
  const response = await fetch(`${prometheusUrl}/api/v1/targets?state=active`);
  const { data } = targetsSchema.parse(await response.json());
  return data.activeTargets.map(({ labels, health, lastError }) => ({ ...labels, health, lastError }));
}

const rulesSchema = z.object({
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

/** A rule with the result of its last evaluation: `ok`, `err`, or `unknown` before the first. */
export type Rule = z.output<typeof rulesSchema>['data']['groups'][number]['rules'][number];

/** Reads the loaded rules. */
export async function readRules(prometheusUrl: string): Promise<Rule[]> {
  const response = await fetch(`${prometheusUrl}/api/v1/rules`);
  return rulesSchema.parse(await response.json()).data.groups.flatMap(({ rules }) => rules);
}

const labelsSchema = z.record(z.string(), z.string());

const rangeSchema = z.union([
  z.object({
    status: z.literal('success'),
    data: z.object({
      result: z.array(z.object({ metric: labelsSchema, values: z.array(z.tuple([z.number(), z.string()])) })),
    }),
  }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);

/** A series by its labels; `__name__` is the metric's name. */
export type Series = z.output<typeof labelsSchema>;

/**
 * Evaluates a PromQL expression over a period, with a step of 5 s.
 *
 * @param from @param to seconds since 1970
 * @returns the series that have samples other than NaN, or Prometheus' error message
 */
export async function queryRange(
  prometheusUrl: string,
  expr: string,
  from: number,
  to: number,
): Promise<{ series: Series[]; error?: string }> {
  const parameters = new URLSearchParams({ query: expr, start: `${from}`, end: `${to}`, step: '5' });
  const response = await fetch(`${prometheusUrl}/api/v1/query_range`, { method: 'POST', body: parameters });
  const result = rangeSchema.parse(await response.json());
  if (result.status === 'error') return { series: [], error: result.error };
  const filled = result.data.result.filter(({ values }) => values.some(([, value]) => value !== 'NaN'));
  return { series: filled.map(({ metric }) => metric) };
}

const alertsSchema = z.object({
  data: z.object({
    alerts: z.array(
      z.object({
        labels: z.object({ alertname: z.string(), job: z.string().optional() }),
        state: z.string(),
      }),
    ),
  }),
});

/** Reads the name and job of every alert that fires. */
export async function readFiringAlerts(
  prometheusUrl: string,
): Promise<{ alertname: string; job?: string | undefined }[]> {
  const response = await fetch(`${prometheusUrl}/api/v1/alerts`);
  const { alerts } = alertsSchema.parse(await response.json()).data;
  return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels);
}

const instantSchema = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** Evaluates a PromQL expression that yields at most one number. */
export async function queryNumber(prometheusUrl: string, expr: string): Promise<number | undefined> {
  const response = await fetch(`${prometheusUrl}/api/v1/query?${new URLSearchParams({ query: expr })}`);
  const [first] = instantSchema.parse(await response.json()).data.result;
  return first === undefined ? undefined : Number(first.value[1]);
}
