import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { registerBuildInfo } from '../../src/requests/build-info.ts';
import { VERSION } from '../../src/requests/version.ts';

it('shows what runs as labels of a constant', async () => {
  const registry = new Registry();
  registerBuildInfo(registry, 'f3495d4');
  expect(await registry.metrics()).toContain(
    `gridclock_build_info{version="${VERSION}",revision="f3495d4",node_version="${process.version}"} 1`,
  );
});
