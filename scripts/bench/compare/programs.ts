import { fileURLToPath } from 'node:url';
import { BUNDLES_VARIABLE, bundled } from '@gridclock/local-service';

const root = new URL('../../../', import.meta.url);

/** The programs that rows start. */
const programs = [
  'vector-clock-kv-store/src/node.ts',
  'smart-grid-load-balancer/charge_request_service/main.ts',
  'smart-grid-load-balancer/load_balancer/main.ts',
  'smart-grid-load-balancer/substation_service/main.ts',
  'scripts/bench/store/bare-express.ts',
  'scripts/bench/grid/plain-hop.ts',
  'scripts/bench/grid/many-substations.ts',
];

/** Runs an action while these programs are started from bundles, which start faster and take less memory. */
export async function withBundles<Result>(action: () => Promise<Result>): Promise<Result> {
  const bundles = await bundled(programs.map((program) => fileURLToPath(new URL(program, root))));
  try {
    return await action();
  } finally {
    await bundles.remove();
  }
}

/** Runs an action while programs are started from their sources. */
export async function fromSources<Result>(action: () => Promise<Result>): Promise<Result> {
  const folder = process.env[BUNDLES_VARIABLE];
  delete process.env[BUNDLES_VARIABLE];
  try {
    return await action();
  } finally {
    if (folder !== undefined) process.env[BUNDLES_VARIABLE] = folder;
  }
}
