import { createRouter, createServiceApp, type Logger, validate } from '@gridclock/service-kit';
import { apiRoutes, DOCS_TYPES, indexRoute } from '@gridclock/ui-kit/api-docs';
import type { Express } from 'express';
import { Counter, type Registry } from 'prom-client';
import { notificationSchema } from './notification.ts';

export type AlertReceiverOptions = { logger: Logger; registry: Registry };

/** 1 MiB: about a thousand alerts in one notification. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/** Receives Alertmanager's notifications at `POST /alerts` and logs one line per alert. */
export function createApp({ logger, registry }: AlertReceiverOptions): Express {
  const received = new Counter({
    name: 'alert_receiver_alerts_total',
    help: 'Alerts received from Alertmanager, by status.',
    labelNames: ['status'],
    registers: [registry],
  });
  for (const status of ['firing', 'resolved']) received.inc({ status }, 0);
  const routes = createRouter();
  routes.post('/alerts', (request, response) => {
    const { alerts } = validate(notificationSchema, request.body, 'body');
    for (const { annotations, labels, startsAt, status } of alerts) {
      received.inc({ status });
      const { alertname = 'alert', severity, ...where } = labels;
      const {
        summary = 'no summary',
        description,
        runbook_url: runbook,
        dashboard_url: dashboard,
      } = annotations;
      // A label may have any name, but must not change what the alert is.
      const fields = {
        ...{ description, runbook, dashboard },
        ...where,
        ...{ alert: alertname, severity, status, since: startsAt },
      };
      const text = `${alertname} ${status}: ${summary}`;
      if (status === 'firing') logger.warn(fields, text);
      else logger.info(fields, text);
    }
    response.json({ status: 'received', alerts: alerts.length });
  });
  routes.use(indexRoute('alert_receiver', 'docs'));
  routes.use(
    apiRoutes(async (version) => (await import('./describe-receiver.ts')).describeReceiver(version)),
  );
  return createServiceApp({
    service: 'alert_receiver',
    logger,
    registry,
    routes,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    otherTypes: { '/': 'text/html', ...DOCS_TYPES },
  });
}
