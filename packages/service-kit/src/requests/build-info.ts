import { Gauge, type Registry } from 'prom-client';
import { VERSION } from './version.ts';

/**
 * Registers what runs, as labels of a constant: dashboards join them to other metrics, and a mixed cluster shows two rows.
 *
 * @param revision the commit that the sources are of
 */
export function registerBuildInfo(registry: Registry, revision: string): void {
  new Gauge({
    name: 'gridclock_build_info',
    help: '1, labelled with the release, the commit and the version of Node.js that run.',
    labelNames: ['version', 'revision', 'node_version'],
    registers: [registry],
  }).set({ version: VERSION, revision, node_version: process.version }, 1);
}
