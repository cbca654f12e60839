import { readEnvironment } from '@gridclock/service-kit';
import { z } from 'zod';
import { nodeVariables } from '../../vector-clock-kv-store/src/config.ts';
import * as limits from '../../vector-clock-kv-store/src/limits.ts';
import { MAX_KEPT_TOMBSTONES } from '../../vector-clock-kv-store/src/replication/log-compactor.ts';
import { hardLimitBytes } from '../../vector-clock-kv-store/src/replication/log-limit.ts';
import { RETIRE_AFTER_MS } from '../../vector-clock-kv-store/src/retirement/retirer.ts';
import { DEFAULT_WAIT_MS, MAX_WAIT_MS } from '../../vector-clock-kv-store/src/routes/session.ts';
import { bodies, bytes, count, duration } from './limit-tables.ts';

/** What only nodes notice of each other, and the document leaves out. */
const internal = [
  'MAX_BATCH_MESSAGES',
  'MAX_PEER_RESPONSE_BYTES',
  'MAX_SNAPSHOT_RESPONSE_BYTES',
  'REPLICATION_BATCH',
  'SNAPSHOT_PAGE_BYTES',
  'STALLED_STREAM_MS',
  'STATE_PAGE_BYTES',
  'WATCH_CHUNK',
];

/** The names in limits.ts that docs/guarantees.md must state. */
export const statedLimits: readonly string[] = Object.keys(limits).filter((name) => !internal.includes(name));

const node = readEnvironment(z.object(nodeVariables), { NODE_ID: 'node1' });
const { LOG_LIMIT_BYTES: log, STATE_STREAMS: state } = limits;

const both = (budget: { count: number; bytes: number }) =>
  `${count(budget.count)} with ${bytes(budget.bytes)}`;

/** The limits of the store, from the modules that enforce them, as docs/guarantees.md states them. */
export const storeLimits: Readonly<Record<string, string>> = {
  MAX_KEY_BYTES: bytes(limits.MAX_KEY_BYTES),
  MAX_VALUE_BYTES: bytes(limits.MAX_VALUE_BYTES),
  MAX_VALUE_DEPTH: `${limits.MAX_VALUE_DEPTH} levels`,
  MAX_BODY_BYTES: bytes(limits.MAX_BODY_BYTES),
  MAX_BATCH_PUTS: count(limits.MAX_BATCH_PUTS),
  MAX_URL_BYTES: bytes(limits.MAX_URL_BYTES),
  MAX_REQUEST_HEADER_BYTES: bytes(limits.MAX_REQUEST_HEADER_BYTES),
  MAX_CLOCK_ENTRIES: count(limits.MAX_CLOCK_ENTRIES),
  MAX_LIVE_IDS: count(limits.MAX_LIVE_IDS),
  RETIRE_AFTER_MS: duration(RETIRE_AFTER_MS),
  MAX_MEMBER_RECORDS_BYTES: bytes(limits.MAX_MEMBER_RECORDS_BYTES),
  MAX_KEY_RESPONSE_BYTES: bytes(limits.MAX_KEY_RESPONSE_BYTES),
  wait_ms: `${duration(DEFAULT_WAIT_MS)}, on request up to ${duration(MAX_WAIT_MS)}`,
  WAITING_SESSIONS: both(limits.WAITING_SESSIONS),
  WAITING_ACKS: both(limits.WAITING_ACKS),
  CLIENT_BODIES: bodies(limits.CLIENT_BODIES),
  PEER_BODIES: bodies(limits.PEER_BODIES),
  'BUFFER_CAPACITY, BUFFER_BYTES': both({ count: node.BUFFER_CAPACITY, bytes: node.BUFFER_BYTES }),
  'LOG_RETENTION, LOG_RETENTION_BYTES': `${count(node.LOG_RETENTION)} writes a node with ${bytes(node.LOG_RETENTION_BYTES)}`,
  LOG_LIMIT_BYTES: `${bytes(log.disk)}; ${bytes(log.memory)} without \`DATA_DIR\`; ${hardLimitBytes(log.disk) / log.disk} times as much for another implementation`,
  MAX_KEPT_TOMBSTONES: count(MAX_KEPT_TOMBSTONES),
  'WATCH_LIMIT, WATCH_UNSENT_BYTES': `${count(node.WATCH_LIMIT)} with ${bytes(limits.WATCH_UNSENT_BYTES)} unsent`,
  STATE_STREAMS: `${state.streams} with ${bytes(state.unsentBytes)} unsent`,
};
