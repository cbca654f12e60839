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
