import { setTimeout } from 'node:timers/promises';

/** 60 s: a first start of Grafana migrates its database, which takes 20 to 40 s on a slow disk. */
const STARTED_WITHIN_MS = 60_000;

/** 5 s: Compose creates all containers before it starts one, so a name still unknown then has no container. */
const NAMED_WITHIN_MS = 5_000;

/** Resolves to whether Grafana runs: false when Compose did not start it, or when it does not answer in time. */
export async function waitForGrafana(
  healthUrl: string,
  limits: { startedMs?: number; namedMs?: number } = {},
): Promise<boolean> {
  const { startedMs = STARTED_WITHIN_MS, namedMs = NAMED_WITHIN_MS } = limits;
  const startedAt = performance.now();
  for (;;) {
    const result = await fetch(healthUrl).then(
      ({ ok }) => (ok ? 'up' : 'starting'),
      (error: unknown) => (isUnknownHost(error) ? 'unknown' : 'starting'),
    );
    if (result === 'up') return true;
    if (performance.now() - startedAt > (result === 'unknown' ? namedMs : startedMs)) return false;
    await setTimeout(250);
  }
}

function isUnknownHost(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && ['ENOTFOUND', 'EAI_AGAIN'].includes(String(cause.code));
}
