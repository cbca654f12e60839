import type { LoadedCluster } from '../cluster/loaded-cluster.ts';
import { findClock } from '../dialect/clock-form.ts';
import { type Dialect, getForms } from '../dialect/dialect.ts';
import { findGet, findPut } from '../dialect/find-routes.ts';
import { contractForm } from '../dialect/message-form.ts';
import { UnknownDialect } from '../dialect/recognise-dialect.ts';
import { ContractClient } from '../system/contract-client.ts';

/** 10 s: a node may be busy with its own work. */
const SERVES_WITHIN_MS = 10_000;

/** A cluster that somebody else has started: the judge uses it as clients do, and starts and breaks nothing. */
export type RunningCluster = LoadedCluster & { dialect: Dialect };

/**
 * Finds out how the nodes of a running cluster speak to clients.
 *
 * @param keyPrefix begins every key that the judge writes
 * @throws UnknownDialect
 */
export async function openRunningCluster(
  urls: readonly string[],
  keyPrefix: string,
): Promise<RunningCluster> {
  // In list-valued clocks, a node's entry is its place.
  const places = urls.map((_, index) => String(index));
  let dialect: Dialect | undefined;
  for (const url of urls) {
    const found = await recogniseRoutes(url, places, `${keyPrefix}hello at ${url}`).catch(
      (error: unknown) => {
        if (error instanceof UnknownDialect) throw error;
        throw new UnknownDialect(
          `${url} does not respond: ${error instanceof Error ? error.message : error}`,
        );
      },
    );
    dialect ??= found;
  }
  if (dialect === undefined) throw new UnknownDialect('no URL is given');
  const spoken = dialect;
  const clients = new Map(urls.map((url) => [url, new ContractClient(url, spoken, places)]));
  return {
    dialect,
    ids: urls,
    links: [],
    crash: undefined,
    client(url) {
      const client = clients.get(url);
      if (client === undefined) throw new Error(`${url} is no node of the cluster`);
      return client;
    },
    restart: () => Promise.reject(new Error('the judge does not restart a cluster that it has not started')),
  };
}

async function recogniseRoutes(url: string, places: readonly string[], key: string): Promise<Dialect> {
  const contract = {
    launch: { ids: 'words', peers: 'named' },
    replicate: { method: 'POST', path: '/replicate' },
    message: contractForm,
    showsBuffer: true,
    showsClock: true,
  } as const;
  const put = { method: 'POST', path: '/put' } as const;
  const get = { method: 'GET', path: '/get?key={key}' } as const;
  const any = new ContractClient(url, { ...contract, put, get, answerClock: undefined }, places);
  const found = await findPut(any, key, SERVES_WITHIN_MS);
  if ('refusal' in found) throw new UnknownDialect(`${url}: ${found.refusal}`);
  const read = await findGet(url, key, SERVES_WITHIN_MS);
  if (read === undefined)
    throw new UnknownDialect(
      `${url}: none of ${getForms.map(({ path }) => path).join(', ')} returns the value written`,
    );
  const clock = findClock(found.response.body, places);
  return {
    ...contract,
    put: found.form,
    get: read,
    answerClock: clock && { name: clock.name, form: clock.form },
    // Of a running cluster, nobody sees the messages; clients use the name that answers have.
    message: { ...contractForm, clock: clock?.form ?? 'object' },
  };
}
