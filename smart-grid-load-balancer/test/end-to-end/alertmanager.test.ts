import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTemporaryDirectory, freePort, startLocalService } from '@gridclock/local-service';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const suite = new URL('../../', import.meta.url);
const installed = !(await execa('alertmanager', ['--version'], { reject: false, stdio: 'ignore' })).failed;

describe.runIf(installed)('the example configuration of Alertmanager', () => {
  const lines: string[] = [];
  let alertmanager: string;
  const cleanups: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const receiver = startLocalService({
      name: 'alert_receiver',
      entryFile: fileURLToPath(new URL('alert_receiver/main.ts', suite)),
      port: await freePort(),
      onLine: (line) => lines.push(line),
    });
    cleanups.push(() => receiver.stop());
    const directory = await createTemporaryDirectory();
    const example = await readFile(new URL('monitoring/alertmanager/alertmanager.yml', suite), 'utf8');
    const configFile = join(directory.path, 'alertmanager.yml');
    // Compose resolves the receiver's name.
    await writeFile(configFile, example.replace('http://alert_receiver:9095', receiver.url));
    alertmanager = `127.0.0.1:${await freePort()}`;
    const child = execa(
      'alertmanager',
      [
        `--config.file=${configFile}`,
        `--storage.path=${join(directory.path, 'data')}`,
        '--cluster.listen-address=',
        `--web.listen-address=${alertmanager}`,
      ],
      { stdio: 'ignore', reject: false },
    );
    cleanups.push(async () => {
      child.kill('SIGTERM');
      await child;
      await directory.remove();
    });
    await receiver.ready();
    const ready = async () => (await fetch(`http://${alertmanager}/-/ready`).catch(() => undefined))?.ok;
    await vi.waitUntil(ready, { timeout: 30_000, interval: 100 });
  });

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  it('brings an alert with its links to the receiver, and no warning that it explains', async () => {
    const alert = (alertname: string, severity: string) => ({
      labels: { alertname, severity, job: 'vector_clock_kv_store', instance: 'node2' },
      annotations: { summary: 'it is down', runbook_url: 'docs/operations.md#servicedown' },
    });
    await fetch(`http://${alertmanager}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([alert('ServiceDown', 'critical'), alert('ReplicationLag', 'warning')]),
    });
    const received = () => lines.filter((line) => line.includes('firing')).join('\n');
    await expect.poll(received, { timeout: 30_000 }).toContain('ServiceDown firing: it is down');
    expect(received()).toContain('"runbook":"docs/operations.md#servicedown"');
    expect(received()).not.toContain('ReplicationLag');
  });
});
