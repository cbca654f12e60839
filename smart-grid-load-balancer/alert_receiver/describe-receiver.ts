import {
  commonOperations,
  commonTags,
  indexOperation,
  type Operation,
  openApiDocument,
} from '@gridclock/service-kit/openapi';
import { z } from 'zod';
import { notificationSchema } from './notification.ts';

const service = 'alert_receiver';
const tag = 'Alerts';

const alerts: Operation = {
  method: 'post',
  path: '/alerts',
  id: 'alerts',
  tag,
  summary: 'Log the alerts of a notification of Alertmanager',
  body: notificationSchema,
  responses: {
    200: {
      description: 'They are in the log.',
      schema: z.object({ status: z.literal('received'), alerts: z.int().min(0) }),
    },
  },
  examples: {
    firing: {
      summary: 'An alert that fires',
      body: {
        alerts: [
          {
            status: 'firing',
            labels: { alertname: 'NodeDown', severity: 'critical' },
            annotations: { summary: 'node3 does not respond' },
            startsAt: '2026-01-01T12:00:00.000Z',
          },
        ],
      },
      status: 200,
      response: { status: 'received', alerts: 1 },
    },
  },
};

/** Builds the OpenAPI document of the alert receiver. */
export function describeReceiver(version: string): object {
  const api = {
    title: 'Gridclock alert receiver',
    description: 'Logs the alerts that Alertmanager sends.',
    tags: { [tag]: 'Notifications.', ...commonTags },
    operations: [alerts, indexOperation(service, 'docs'), ...commonOperations(service)],
  };
  return openApiDocument(api, version);
}
