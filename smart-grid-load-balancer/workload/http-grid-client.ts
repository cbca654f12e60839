import { balancerStatusSchema, readMetric, substationMetrics } from '@gridclock/grid-protocol';
import { createHttpClient, jsonBody, type ServiceTls, transportFailure } from '@gridclock/service-kit';
import { isCancel } from 'axios';
import { z } from 'zod';
import type { GridClient } from './grid-client.ts';
import { classifyResponse } from './outcome.ts';

export type HttpGridClientOptions = {
  /** The public entry, which receives the requests. */
  chargeUrl: string;
  /** The balancer, which is only asked for the substations' status. */
  balancerUrl: string;
  /** The substations' URLs by id, where this process cannot use the URLs that the balancer reports. */
  substations?: Record<string, string>;
  /** The timeout of a charge request, in milliseconds. */
  timeoutMs?: number;
  /** For a grid with TLS: the authorities that the client trusts. */
  tls?: ServiceTls | undefined;
};

/** 10 s: longer than the services' own deadlines, so that their responses arrive before it. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** 3 s: status, health and metrics come from memory, so a slower response means failure. */
const STATUS_TIMEOUT_MS = 3_000;

const statusSchema = z.object({
  substation_loads: balancerStatusSchema.shape.substation_loads,
  substations: z
    .record(
      z.string(),
      z.looseObject({ url: z.string(), capacity: z.number().nullable(), same_as: z.string().optional() }),
    )
    .optional(),
});

/** Creates an HTTP client of the charge service, the balancer and the substations. */
export function createHttpGridClient(options: HttpGridClientOptions): GridClient {
  const { chargeUrl, balancerUrl, timeoutMs = DEFAULT_TIMEOUT_MS, tls } = options;
  const http = createHttpClient({ timeoutMs, tls: tls && { tls } });
  // Their URLs have addresses, but all of their certificates have one common name.
  const toSubstations =
    tls === undefined
      ? http
      : createHttpClient({ timeoutMs, tls: tls.peers('substation_service', 'substation') });
  const get = async (url: string, client = http): Promise<unknown> => {
    try {
      return (await client.get<unknown>(url, { timeout: STATUS_TIMEOUT_MS })).data;
    } catch (error) {
      transportFailure(error);
      return undefined;
    }
  };
  return {
    async charge(request, interrupted) {
      try {
        const response = await http.post<unknown>(`${chargeUrl}/charge`, jsonBody(request), {
          signal: interrupted,
        });
        return classifyResponse(response.status, response.data);
      } catch (error) {
        if (isCancel(error)) return { kind: 'abandoned' };
        const mayBeCharging = transportFailure(error).kind === 'ambiguous';
        return { kind: 'failed', reason: describeFailure(error, timeoutMs), mayBeCharging };
      }
    },
    async status() {
      const status = statusSchema.safeParse(await get(`${balancerUrl}/status`));
      if (!status.success) return undefined;
      const substations = Object.entries(status.data.substations ?? {}).filter(
        // A further name of a substation would count it twice.
        ([, { same_as }]) => same_as === undefined,
      );
      return {
        loads: status.data.substation_loads,
        capacities: Object.fromEntries(
          substations.flatMap(([id, { capacity }]) => (capacity === null ? [] : [[id, capacity]])),
        ),
        urls: options.substations ?? Object.fromEntries(substations.map(([id, { url }]) => [id, url])),
      };
    },
    async acceptedTotals(substationUrl) {
      const text = await get(`${substationUrl}/metrics`, toSubstations);
      if (typeof text !== 'string') return undefined;
      const accepted = readMetric(text, substationMetrics.accepted);
      const acceptedKw = readMetric(text, substationMetrics.acceptedKilowatts);
      if (accepted === undefined || acceptedKw === undefined) return undefined;
      const startedAtS = readMetric(text, 'process_start_time_seconds');
      return { accepted, acceptedKw, ...(startedAtS === undefined ? {} : { startedAtS }) };
    },
    async connectionError() {
      try {
        await http.get(`${chargeUrl}/health`, { timeout: STATUS_TIMEOUT_MS });
        return undefined;
      } catch (error) {
        return describeFailure(error, STATUS_TIMEOUT_MS);
      }
    },
  };
}

function describeFailure(error: unknown, timeoutMs: number): string {
  const { reason } = transportFailure(error);
  if (reason === 'ECONNABORTED' || reason === 'ETIMEDOUT') return `no response within ${timeoutMs / 1_000} s`;
  if (reason === 'ECONNREFUSED') return 'connection refused';
  return `connection failed (${reason})`;
}
