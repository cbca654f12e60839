import type { WrkRequest } from '../compare/wrk-script.ts';

/** 1,000 keys: a working set that every contender keeps in memory. */
const COUNT = 1_000;

/** 100 bytes. */
export const VALUE = 'v'.repeat(100);

/** The keys of the workload, of equal length. */
export const KEYS = Array.from({ length: COUNT }, (_, index) => `key-${String(index).padStart(4, '0')}`);

/** Writes of every key, for a store's node and for the bare Express app. */
export const puts: WrkRequest[] = KEYS.map((key) => ({
  path: '/put',
  body: JSON.stringify({ key, value: VALUE }),
}));

/** Reads of every key, for a store's node and for the bare Express app. */
export const gets: WrkRequest[] = KEYS.map((key) => ({ path: `/get?key=${key}` }));

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** The same writes for etcd's HTTP gateway. */
export const etcdPuts: WrkRequest[] = KEYS.map((key) => ({
  path: '/v3/kv/put',
  body: JSON.stringify({ key: base64(key), value: base64(VALUE) }),
}));

/** The same reads for etcd's HTTP gateway, from the node's own data as ours: without asking the other nodes. */
export const etcdGets: WrkRequest[] = KEYS.map((key) => ({
  path: '/v3/kv/range',
  body: JSON.stringify({ key: base64(key), serializable: true }),
}));
