import { describe, expect, it } from 'vitest';
import { inspectContainer, inspectNetworks } from '../../src/docker/inspect.ts';
import { containerJson } from '../support/container-json.ts';

describe('inspectContainer', () => {
  it('returns a typed snapshot', async () => {
    const json = containerJson({
      startedAt: 1_000,
      networks: { store: { aliases: ['node1', 'c0f'] }, power: { aliases: null } },
      healthCheck: { intervalMs: 3_000, endedAt: [2_000, 5_000] },
    });
    expect(await inspectContainer(async () => json, 'c0ffee')).toEqual({
      id: 'c0ffee',
      name: 'c0ffee',
      imageId: 'sha256:1',
      imageName: 'image:latest',
      user: 'node',
      status: 'running',
      running: true,
      exitCode: 0,
      startedAt: 1_000,
      health: 'healthy',
      healthCheck: { intervalMs: 3_000, lastEndedAt: 5_000 },
      readOnlyRoot: true,
      droppedCapabilities: ['ALL'],
      securityOptions: [],
      memoryLimit: 0,
      networks: [
        { name: 'store', address: '172.17.0.2', aliases: ['node1'] },
        { name: 'power', address: '172.17.0.2', aliases: [] },
      ],
      publishedPorts: new Map([
        ['8000/tcp', '32768'],
        ['9000/tcp', undefined],
      ]),
    });
  });

  it('rejects when the container does not exist', async () => {
    await expect(inspectContainer(async () => '[]', 'c0ffee')).rejects.toThrow('c0ffee');
  });
});

describe('inspectNetworks', () => {
  it('recognises an encrypted network', async () => {
    const json = JSON.stringify([
      { Name: 'power', Options: { encrypted: '' } },
      { Name: 'entry', Options: {} },
    ]);
    expect(await inspectNetworks(async () => json, ['1', '2'])).toEqual([
      { name: 'power', encrypted: true },
      { name: 'entry', encrypted: false },
    ]);
  });
});
