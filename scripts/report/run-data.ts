import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { policyNames } from '../../smart-grid-load-balancer/load_balancer/policies/index.ts';
import { tracedEventSchema } from '../../vector-clock-kv-store/src/messages/trace.ts';

/** Where, when and from which sources a run was made. */
const originSchema = z.object({
  at: z.iso.datetime(),
  commit: z.string(),
  machine: z.object({
    processor: z.string(),
    cores: z.number(),
    memoryGb: z.number(),
    system: z.string(),
    node: z.string(),
  }),
  /** The number of processes that wanted a core, on average over the minute before the run. */
  loadBefore: z.number(),
});

/** One panel of a Grafana dashboard with the series of a run. Times are in seconds from the panels' start. */
const panelSchema = z.object({
  title: z.string(),
  description: z.string(),
  /** The id of a Grafana unit. */
  unit: z.string(),
  stacked: z.boolean(),
  series: z.array(
    z.object({
      name: z.string(),
      colour: z.string().optional(),
      dashed: z.boolean(),
      points: z.array(z.tuple([z.number(), z.number()])),
    }),
  ),
});

const panelsSchema = z.object({
  /** Who collected the data: a Prometheus server, or this command, which then evaluated no PromQL. */
  source: z.enum(['prometheus', 'scraped']),
  version: z.string().optional(),
  scrapeSeconds: z.number(),
  seconds: z.number(),
  panels: z.array(panelSchema),
});

const stepSchema = z.object({
  kind: z.enum(['action', 'passed', 'failed']),
  text: z.string(),
  result: z.unknown().optional(),
});

const scenarioSchema = z.object({
  name: z.string(),
  claim: z.string(),
  meaning: z.string(),
  /** Undefined when the scenario failed. */
  seen: z.string().optional(),
  passed: z.boolean(),
  steps: z.array(stepSchema),
  /** The prefix of its keys, which a reader need not see. */
  keyPrefix: z.string(),
  events: z.array(tracedEventSchema),
  gaps: z.array(z.object({ host: z.string(), from: z.number(), to: z.number() })),
});

/** What one run of the store has shown. Times are in milliseconds. */
export const storeRunSchema = z.object({
  origin: originSchema,
  scenarios: z.array(scenarioSchema),
  /** Writes that were buffered while their cause was held, and how fast they were delivered after it came. */
  heldCause: z.object({ writes: z.number(), heldMs: z.number(), deepest: z.number(), drainedMs: z.number() }),
  loads: z.array(
    z.object({
      name: z.string(),
      connections: z.number(),
      seconds: z.number(),
      perSecond: z.number(),
      p50Ms: z.number(),
      p99Ms: z.number(),
      failed: z.number(),
    }),
  ),
  visibility: z.object({ samples: z.number(), p50Ms: z.number(), p99Ms: z.number(), readP50Ms: z.number() }),
  soak: z.object({
    seconds: z.number(),
    seed: z.number(),
    nodes: z.number(),
    sessions: z.number(),
    elapsed_ms: z.number(),
    operations: z.number(),
    failures: z.number(),
    acknowledged: z.number(),
    reads: z.number(),
    unknown: z.number(),
    faults: z.record(z.string(), z.number()),
    findings: z.array(z.string()),
  }),
  panels: panelsSchema,
});

const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('accepted'),
    sessionId: z.string(),
    substationId: z.string(),
    chargeKw: z.number(),
    durationSeconds: z.number(),
    startedAt: z.number(),
  }),
  z.object({
    kind: z.literal('rejected'),
    reason: z.string(),
    cause: z.literal('too-large').exactOptional(),
  }),
  z.object({
    kind: z.literal('failed'),
    reason: z.string(),
    cause: z.enum(['capacity-unknown', 'session-interrupted']).exactOptional(),
    mayBeCharging: z.boolean(),
  }),
  z.object({ kind: z.literal('abandoned') }),
]);

const recordSchema = z.object({
  request: z.object({
    vehicle_id: z.string(),
    charge_amount: z.number(),
    priority: z.enum(['low', 'normal', 'high']),
  }),
  startedMs: z.number(),
  responseMs: z.number(),
  outcome: outcomeSchema,
});

const totalsSchema = z.object({ accepted: z.number(), acceptedKw: z.number() });

const comparisonSchema = z.object({
  substations: z.number(),
  traffic: z.string(),
  contender: z.enum(['original', ...policyNames]),
  requests: z.number(),
  shareOfBound: z.number(),
  shareRejected: z.number(),
  hopsPerRequest: z.number(),
  utilizationSpread: z.number(),
});

/** What one run of the grid has shown. Times are in milliseconds, powers in kW. */
export const gridRunSchema = z.object({
  origin: originSchema,
  plan: z.string(),
  policy: z.enum(policyNames),
  run: z.object({
    records: z.array(recordSchema),
    samples: z.array(z.object({ atMs: z.number(), loads: z.record(z.string(), z.number()) })),
    durationMs: z.number(),
  }),
  capacities: z.record(z.string(), z.number()),
  /** The most that any routing could have accepted; undefined when nothing was accepted. */
  boundKw: z.number().optional(),
  /** What clients were told, next to what the substations counted; undefined when counters could not be read. */
  reconciliation: z
    .object({
      substations: z.array(z.object({ id: z.string(), acknowledged: totalsSchema, counted: totalsSchema })),
      difference: totalsSchema,
      unresolved: z.number(),
    })
    .optional(),
  passed: z.boolean(),
  /** Simulated rush hours in virtual time: one group per traffic mix. */
  routing: z.object({ seed: z.number(), runs: z.number(), groups: z.array(z.array(comparisonSchema)) }),
  panels: panelsSchema,
});

export type Origin = z.output<typeof originSchema>;
export type Panel = z.output<typeof panelSchema>;
export type Panels = z.output<typeof panelsSchema>;
export type StoreRun = z.output<typeof storeRunSchema>;
export type GridRun = z.output<typeof gridRunSchema>;

/** Reads the data of a run from a file. @throws Error naming the file, and the field that does not fit */
export async function readRun<Run>(schema: z.ZodType<Run>, file: string | URL): Promise<Run> {
  const result = schema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (result.success) return result.data;
  throw new Error(`${file} is not the data of a run: ${z.prettifyError(result.error)}`);
}
