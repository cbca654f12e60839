import { balancerStatusSchema, type ChargeRequest } from '@gridclock/grid-protocol';
import { createHttpClient, transportFailure } from '@gridclock/service-kit';
import { isCancel } from 'axios';
import { type Outcome, readAnswer } from './outcome.ts';

export type GridClientOptions = {
  /** The public entry, where requests are sent. */
  chargeUrl: string;
  /** The balancer, which is only asked for the substations' loads. */
  balancerUrl: string;
  /** After how many milliseconds a charging request counts as unanswered. */
  timeoutMs?: number;
};

/** The grid as its users see it. No method rejects. */
export type GridClient = {
  charge: (request: ChargeRequest, interrupted: AbortSignal) => Promise<Outcome>;
  /** Each substation's load in kW by its id, or undefined when the balancer does not say. */
  loads: () => Promise<Record<string, number> | undefined>;
  /** Why the public entry cannot be reached, or undefined when it answers. */
  unreachable: () => Promise<string | undefined>;
};

/** Longer than the services' own deadlines, so that their answer is heard, and shorter than patience. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** Loads and health come from memory: past this they are of no use any more. */
const STATUS_TIMEOUT_MS = 3_000;

/** Not the rest of the status: a balancer of another make has the loads and nothing more. */
const loadsSchema = balancerStatusSchema.pick({ substation_loads: true });

/** A client of the charge service and the balancer over HTTP. */
export function createGridClient(options: GridClientOptions): GridClient {
  const { chargeUrl, balancerUrl, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const http = createHttpClient({ timeoutMs });
  return {
    async charge(request, interrupted) {
      try {
        const answer = await http.post<unknown>(`${chargeUrl}/charge`, request, { signal: interrupted });
        return readAnswer(answer.status, answer.data);
      } catch (error) {
        if (isCancel(error)) return { kind: 'abandoned' };
        return { kind: 'failed', reason: describe(error, timeoutMs) };
      }
    },
    async loads() {
      try {
        const answer = await http.get<unknown>(`${balancerUrl}/status`, { timeout: STATUS_TIMEOUT_MS });
        const status = loadsSchema.safeParse(answer.data);
        return status.success ? status.data.substation_loads : undefined;
      } catch (error) {
        transportFailure(error);
        return undefined;
      }
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
