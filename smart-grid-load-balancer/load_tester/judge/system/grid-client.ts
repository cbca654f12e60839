import { substationMetrics as names, readMetric } from '@gridclock/grid-protocol';
import { type Exchange, type ExchangeOptions, exchange } from '@gridclock/judge-kit';
import type { Charge } from './charges.ts';

/** What a substation's metrics say; undefined where they do not. Powers in kW. */
export type SubstationGauges = Record<
  'load' | 'capacity' | 'activeSessions' | 'utilizationPercent',
  number | undefined
>;

/** A service of the grid, over HTTP. */
export class GridClient {
  readonly url: string;
  readonly chargePath: string;

  constructor(url: string, chargePath: string) {
    this.url = url;
    this.chargePath = chargePath;
  }

  charge(charge: Charge, timeoutMs?: number): Promise<Exchange> {
    return this.post(this.chargePath, { json: charge, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  }

  /** Sends the body of a charge request as it is. */
  chargeRaw(raw: string): Promise<Exchange> {
    return this.post(this.chargePath, { raw });
  }

  post(path: string, options: ExchangeOptions): Promise<Exchange> {
    return exchange(`${this.url}${path}`, { method: 'POST', ...options });
  }

  get(path: string): Promise<Exchange> {
    return exchange(`${this.url}${path}`);
  }

  /** Whether it answers anything at all over HTTP. @throws Error if it does not, with why its health was not shown */
  async isServing(): Promise<boolean> {
    const health = this.get('/health');
    await Promise.any([health, this.get('/status')]).catch(() => health);
    return true;
  }

  async gauges(): Promise<SubstationGauges> {
    const { text } = await this.get('/metrics');
    return {
      load: readMetric(text, names.currentLoad),
      capacity: readMetric(text, names.maxCapacity),
      activeSessions: readMetric(text, names.activeSessions),
      utilizationPercent: readMetric(text, names.utilizationPercent),
    };
  }
}

/** Formats a response for a report, in one line. */
export function formatResponse({ status, text, body }: Exchange): string {
  const fields = Object(body);
  const shown = ['error', 'status', 'substation_id', 'current_load', 'session_id'].flatMap((name) =>
    typeof fields[name] === 'string' || typeof fields[name] === 'number' ? [`${name} ${fields[name]}`] : [],
  );
  return [String(status), shown.join(', ') || text.replaceAll(/\s+/g, ' ').slice(0, 120)].join(' ').trim();
}
