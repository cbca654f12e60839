import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { PartOptions } from '../part.ts';
import type { Checks } from '../report/checks.ts';
import { caddyImage } from './caddy-image.ts';
import { checkSecureGrid } from './secure-grid-checks.ts';
import { checkSecureStore } from './secure-store-checks.ts';

export type SecureOptions = {
  /** The repository's root, absolute. */
  root: string;
  /** What the projects' names begin with. */
  name: string;
  /** Where secrets are put. */
  folder: string;
  /** An image with Caddy. */
  caddy: string;
};

/** A base that is there anyway, since the services are built on it. */
const BASE = 'node:26-slim';

/** Runs each suite with its secure file laid over it: secrets, limits, and TLS in front. */
export async function checkSecure(checks: Checks, { root, write, ...part }: PartOptions): Promise<void> {
  const name = `${part.name}-secure`;
  const own = `${name}/caddy:latest`;
  const caddy = await caddyImage(own, BASE);
  if (caddy === undefined) {
    write('TLS left out: neither the image of Caddy nor the program is here (Debian: apt-get install caddy)');
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'gridclock-secrets-'));
  try {
    await checkSecureStore(checks, { root, name, folder, caddy });
    await checkSecureGrid(checks, { root, name, folder, caddy });
  } finally {
    await rm(folder, { recursive: true });
    if (caddy === own) await execa('docker', ['image', 'rm', own]);
  }
}
