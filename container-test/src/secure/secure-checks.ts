import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { PartOptions } from '../part.ts';
import type { Checks } from '../report/checks.ts';
import { caddyImage } from './caddy-image.ts';
import { checkSecureGrid } from './secure-grid-checks.ts';
import { checkSecureStore } from './secure-store-checks.ts';

/** The services' base image, so the engine has it already. */
const BASE_IMAGE = 'node:26-slim';

/** Runs each suite with its secure compose file: secrets, rate limits, and a TLS proxy in front. */
export async function checkSecureSuites(
  checks: Checks,
  { root, print, ...part }: PartOptions,
): Promise<void> {
  const name = `${part.name}-secure`;
  const ownImage = `${name}/caddy:latest`;
  const caddy = await caddyImage(ownImage, BASE_IMAGE);
  if (caddy === undefined) {
    print(
      'TLS skipped: neither the Caddy image nor the program is available. On Debian: apt-get install caddy',
    );
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'gridclock-secrets-'));
  try {
    await checkSecureStore(checks, { root, name, folder, caddy });
    await checkSecureGrid(checks, { root, name, folder, caddy });
  } finally {
    await rm(folder, { recursive: true });
    if (caddy === ownImage) await execa('docker', ['image', 'rm', ownImage]);
  }
}
