import {
  balancerStatusSchema,
  type ChargeRequest,
  readMetric,
  substationMetrics,
} from '@gridclock/grid-protocol';
import { createHttpClient, transportFailure } from '@gridclock/service-kit';
import { isCancel } from 'axios';
import { z } from 'zod';
import { classifyResponse, type Outcome } from '../workload/outcome.ts';
import type { Counters } from './assessment/reconcile.ts';

export type GridClientOptions = {
  /** The public entry, where requests are sent. */
  chargeUrl: string;
  /** The balancer, which is only asked for the substations. */
  balancerUrl: string;
  /** Where substations are reached from here, by id, instead of where the balancer reaches them. */
  substations?: Record<string, string>;
  /** After how many milliseconds a charging request counts as unanswered. */
  timeoutMs?: number;
};

/** The substations as the balancer sees them, by id; powers in kW. A balancer of another make may tell only loads. */
export type GridStatus = {
  loads: Record<string, number>;
  capacities: Record<string, number>;
  urls: Record<string, string>;
};

/** The grid as its users see it. No method rejects. */
export type GridClient = {
  charge: (request: ChargeRequest, interrupted: AbortSignal) => Promise<Outcome>;
  /** Undefined when the balancer does not say. */
  status: () => Promise<GridStatus | undefined>;
  /** What the substation at this URL has counted since it started, or undefined when it does not say. */
  counters: (substationUrl: string) => Promise<Counters | undefined>;
  /** Why the public entry cannot be reached, or undefined when it answers. */
  unreachable: () => Promise<string | undefined>;
};

/** Longer than the services' own deadlines, so that their answer is heard, and shorter than patience. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** Loads and health come from memory: past this they are of no use any more. */
const STATUS_TIMEOUT_MS = 3_000;

const statusSchema = z.object({
  substation_loads: balancerStatusSchema.shape.substation_loads,
  substations: z
    .record(z.string(), z.looseObject({ url: z.string(), capacity: z.number().nullable() }))
    .optional(),
});

/** A client of the charge service, the balancer and the substations over HTTP. */
export function createGridClient(options: GridClientOptions): GridClient {
  const { chargeUrl, balancerUrl, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const http = createHttpClient({ timeoutMs });
  const ask = async (url: string): Promise<unknown> => {
    try {
      return (await http.get<unknown>(url, { timeout: STATUS_TIMEOUT_MS })).data;
    } catch (error) {
      transportFailure(error);
      return undefined;
    }
  };
  return {
    async charge(request, interrupted) {
      try {
        const answer = await http.post<unknown>(`${chargeUrl}/charge`, request, { signal: interrupted });
        return classifyResponse(answer.status, answer.data);
      } catch (error) {
        if (isCancel(error)) return { kind: 'abandoned' };
        const mayBeCharging = transportFailure(error).kind === 'ambiguous';
        return { kind: 'failed', reason: describe(error, timeoutMs), mayBeCharging };
      }
    },
    async status() {
      const status = statusSchema.safeParse(await ask(`${balancerUrl}/status`));
      if (!status.success) return undefined;
      const substations = Object.entries(status.data.substations ?? {});
      return {
        loads: status.data.substation_loads,
        capacities: Object.fromEntries(
          substations.flatMap(([id, { capacity }]) => (capacity === null ? [] : [[id, capacity]])),
        ),
        urls: options.substations ?? Object.fromEntries(substations.map(([id, { url }]) => [id, url])),
      };
    },
    async counters(substationUrl) {
      const text = await ask(`${substationUrl}/metrics`);
      if (typeof text !== 'string') return undefined;
      const accepted = readMetric(text, substationMetrics.accepted);
      const acceptedKw = readMetric(text, substationMetrics.acceptedKilowatts);
      return accepted === undefined || acceptedKw === undefined ? undefined : { accepted, acceptedKw };
    },
    async unreachable() {
      try {
        await http.get(`${chargeUrl}/health`, { timeout: STATUS_TIMEOUT_MS });
        return undefined;
      } catch (error) {
        return describe(error, STATUS_TIMEOUT_MS);
      }
    },
  };
}

function describe(error: unknown, timeoutMs: number): string {
  const { reason } = transportFailure(error);
  if (reason === 'ECONNABORTED' || reason === 'ETIMEDOUT') return `no answer within ${timeoutMs / 1_000} s`;
  if (reason === 'ECONNREFUSED') return 'connection refused';
  return `connection failed (${reason})`;
}
