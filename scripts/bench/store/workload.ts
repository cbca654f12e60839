import type { WrkRequest } from '../compare/wrk-script.ts';

/** 1,000 keys: a working set that every contender keeps in memory. */
const KEYS = 1_000;

/** 100 bytes. */
const VALUE = 'v'.repeat(100);

/** The keys of the workload, of equal length. */
const keys = Array.from({ length: KEYS }, (_, index) => `key-${String(index).padStart(4, '0')}`);

/** Writes of every key, for a store's node and for the bare Express app. */
export const puts: WrkRequest[] = keys.map((key) => ({
  path: '/put',
  body: JSON.stringify({ key, value: VALUE }),
}));

/** Reads of every key, for a store's node and for the bare Express app. */
export const gets: WrkRequest[] = keys.map((key) => ({ path: `/get?key=${key}` }));

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** The same writes for etcd's HTTP gateway. */
export const etcdPuts: WrkRequest[] = keys.map((key) => ({
  path: '/v3/kv/put',
  body: JSON.stringify({ key: base64(key), value: base64(VALUE) }),
}));

/** The same reads for etcd's HTTP gateway, from the node's own data as ours: without asking the other nodes. */
export const etcdGets: WrkRequest[] = keys.map((key) => ({
  path: '/v3/kv/range',
  body: JSON.stringify({ key: base64(key), serializable: true }),
}));
