/**
 * The limits of a store's node: what it accepts, receives, sends and holds. Sizes are in bytes, as JSON in UTF-8 unless
 * a limit says otherwise.
 *
 * Two rules hold between them, and a test checks both: a node receives every message that any node accepts, and it
 * reads every response that any node sends.
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** In UTF-8: fits LMDB's key limit together with LMDB's own prefix. */
export const MAX_KEY_BYTES = 1_024;

/** 1 MiB of JSON in UTF-8: a key-value store is for records, not for files. */
export const MAX_VALUE_BYTES = MIB;

/** Deeper than any record, but far from where serializing would overflow the stack. */
export const MAX_VALUE_DEPTH = 100;

/** More than any cluster has nodes and incarnations; bounds the work that a made-up clock can cause. */
export const MAX_CLOCK_ENTRIES = 1_000;

/**
 * The most node ids that the members' clocks may show before a node refuses new ones. A quarter of what is received,
 * because up to four parts of a cluster that cannot reach each other may each accept other ids. Retiring dead ids
 * makes room again.
 */
export const MAX_LIVE_IDS = MAX_CLOCK_ENTRIES / 4;

/**
 * 128 KiB: a clock of MAX_CLOCK_ENTRIES with the longest ids and counters, as percent-encoded JSON in a URL or as a
 * header (108 KB). Node's default of 16 KiB is exceeded from about 700 entries on.
 */
export const MAX_REQUEST_HEADER_BYTES = 128 * KIB;

/** 120 KiB: a clock of MAX_CLOCK_ENTRIES and the longest key in a URL (112 KB). Other headers have the rest. */
export const MAX_URL_BYTES = 120 * KIB;

/**
 * 256 KiB of membership records, which are one value: 2,500 present and past members with ordinary URLs. Nodes that
 * admit members at once may together exceed it several times, and every peer can still receive the value.
 */
export const MAX_MEMBER_RECORDS_BYTES = 256 * KIB;

/** 1,000 writes of a client at once: with small values, checking and storing them takes some 20 ms of a core. */
export const MAX_BATCH_PUTS = 1_000;

/** A link sends at most 1,000 writes at once; more than this many do not fit in a body either. */
export const MAX_BATCH_MESSAGES = 20_000;

/**
 * 2 MiB: the largest value with its key and clock, and a full batch between nodes. Also a write of a membership record
 * that earlier releases accepted in a body of 1.5 MiB.
 */
export const MAX_BODY_BYTES = 2 * MIB;

/**
 * As many writes as in a client's batch: they take a receiver some 15 ms, and are cheap to repeat when lost. A link sends up
 * to four messages at a time.
 */
export const REPLICATION_BATCH = { writes: 1_000, bytes: 512 * KIB };

/** 2 MiB: a heartbeat with several full clocks and the addresses of a few hundred members. */
export const MAX_PEER_RESPONSE_BYTES = 2 * MIB;

/** 1 MiB: reading one page of a snapshot blocks the event loop for a few milliseconds. */
export const SNAPSHOT_PAGE_BYTES = MIB;

/** 32 MiB: a key with a sibling of the largest size from each of thirty nodes, which write it at once. */
export const MAX_KEY_RESPONSE_BYTES = 32 * MIB;

/** A page of a snapshot ends with a whole key. */
export const MAX_SNAPSHOT_RESPONSE_BYTES = SNAPSHOT_PAGE_BYTES + MAX_KEY_RESPONSE_BYTES;

/** 32 MiB of memory for writes that wait for a dependency: a sixth of the heap of a container with 384 MB. */
export const BUFFER_BYTES = 32 * MIB;

/** 16 MiB of log that every member has: a minute of a megabyte per four seconds, and as much again for the free pages. */
export const LOG_RETENTION_BYTES = 16 * MIB;

/**
 * The most log that is kept for an absent member; half as much again if it fetches no snapshots. On disk 256 MiB: an
 * hour of 500 small writes per second. In memory 48 MiB: a quarter of the 192 MB heap of a small container.
 */
export const LOG_LIMIT_BYTES = { disk: 256 * MIB, memory: 48 * MIB };

/** 128 KiB: reading a page of `GET /state` takes a few milliseconds, also of many small keys. */
export const STATE_PAGE_BYTES = 128 * KIB;

/** 4 at once: each holds a page, and the disk space of what is overwritten meanwhile. */
export const STATE_STREAMS = { streams: 4, unsentBytes: 4 * MIB };

/** 10 s: a client that reads nothing for this long is gone, or would hold a snapshot for ever. */
export const STALLED_STREAM_MS = 10_000;

/** 1,000 watchers: with some 20 KB each for connection and position, they take a twentieth of a small container. */
export const WATCH_LIMIT = 1_000;

/** 32 MiB for all watchers that read slowly: 16 KiB and an event for each of a thousand. */
export const WATCH_UNSENT_BYTES = 32 * MIB;

/** Read from each node's log at once for a watcher: 64 KiB of small writes. A step takes a few milliseconds. */
export const WATCH_CHUNK = { writes: 500, bytes: 64 * KIB };

/** Requests that wait until this node has caught up with their session: a sixth of a small heap with their values. */
export const WAITING_SESSIONS = { count: 1_000, bytes: 16 * MIB };

/** Writes that wait until more nodes have stored them. */
export const WAITING_ACKS = { count: 1_000, bytes: 16 * MIB };

/**
 * Bodies of clients' requests from the first byte to the response: forty of the largest at once, more than a disk
 * commits in 100 ms. More than both kinds of waiting ones together, so that they never keep out others. Unread, a
 * request in the queue holds the 64 KiB that its connection has received: 16 MiB together.
 */
export const CLIENT_BODIES = {
  name: 'client_bodies',
  limits: { count: 10_000, bytes: 40 * MIB },
  largestBytes: MAX_BODY_BYTES,
  queue: 250,
  waitMs: 5_000,
};

/** Bodies from other nodes, apart, so that clients never keep out replication: a full one from each of eight peers. */
export const PEER_BODIES = {
  name: 'peer_bodies',
  limits: { count: 1_000, bytes: 16 * MIB },
  largestBytes: MAX_BODY_BYTES,
  queue: 100,
  waitMs: 4_000,
};
