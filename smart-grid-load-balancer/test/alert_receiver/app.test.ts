import { createLogger, createRegistry } from '@gridclock/service-kit';
import request from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { createApp } from '../../alert_receiver/app.ts';

function receiver() {
  const logger = createLogger('test', 'silent');
  const warn = vi.spyOn(logger, 'warn');
  const info = vi.spyOn(logger, 'info');
  return { app: createApp({ logger, registry: createRegistry() }), warn, info };
}

const alert = {
  status: 'firing',
  labels: { alertname: 'ServiceDown', severity: 'critical', job: 'vector_clock_kv_store', instance: 'node2' },
  annotations: {
    summary: 'node2 of vector_clock_kv_store cannot be scraped',
    description: 'The process has stopped.',
    runbook_url: 'docs/operations.md#servicedown',
    dashboard_url: 'http://localhost:3000/d/gridclock-store',
  },
  startsAt: '2026-11-26T12:00:00Z',
};

describe('the alert receiver', () => {
  it('logs one line for each alert that fires or is resolved', async () => {
    const { app, info, warn } = receiver();
    const notification = { version: '4', alerts: [alert, { ...alert, status: 'resolved' }] };
    await request(app).post('/alerts').send(notification).expect(200, { status: 'received', alerts: 2 });
    const fields = {
      ...{ alert: 'ServiceDown', severity: 'critical', instance: 'node2' },
      description: 'The process has stopped.',
      runbook: 'docs/operations.md#servicedown',
      dashboard: 'http://localhost:3000/d/gridclock-store',
    };
    expect(warn.mock.calls).toEqual([
      [
        expect.objectContaining(fields),
        'ServiceDown firing: node2 of vector_clock_kv_store cannot be scraped',
      ],
    ]);
    expect(info.mock.calls).toEqual([
      [
        expect.objectContaining({ ...fields, status: 'resolved' }),
        'ServiceDown resolved: node2 of vector_clock_kv_store cannot be scraped',
      ],
    ]);
  });

  it('logs a label of any name, which does not change the status', async () => {
    const { app, warn } = receiver();
    const labels = { ...alert.labels, status: 'resolved', description: 'of the label' };
    await request(app)
      .post('/alerts')
      .send({ alerts: [{ ...alert, labels }] });
    const fields = { status: 'firing', description: 'of the label' };
    expect(warn.mock.calls).toEqual([[expect.objectContaining(fields), expect.any(String)]]);
  });

  it('counts alerts by status', async () => {
    const { app } = receiver();
    await request(app)
      .post('/alerts')
      .send({ alerts: [alert] });
    const { text } = await request(app).get('/metrics');
    expect(text).toContain('alert_receiver_alerts_total{status="firing"} 1');
    expect(text).toContain('alert_receiver_alerts_total{status="resolved"} 0');
  });

  it('refuses a notification without alerts and names the field', async () => {
    const { app, warn } = receiver();
    const { body } = await request(app).post('/alerts').send({ alert: 'ServiceDown' }).expect(400);
    expect(body).toMatchObject({ field: 'alerts' });
    expect(warn).not.toHaveBeenCalled();
  });
});
