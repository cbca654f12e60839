import { z } from 'zod';

/**
 * Alertmanager's webhook message, as far as it is printed.
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export const notificationSchema = z.object({
  alerts: z.array(
    z.object({
      status: z.enum(['firing', 'resolved']),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()).default({}),
      startsAt: z.string(),
    }),
  ),
});
