import {
  httpUrlVariable,
  jsonBody,
  NoResponseError,
  ServiceClient,
  type ServiceRequest,
  secretVariable,
  type Token,
} from '@gridclock/service-kit';
import { z } from 'zod';
import type { ControlAction, ControlledService } from '../live/controlled-service.ts';

/** The variables by which `npm start` lets the live page of a service control processes. Containers have neither. */
export const suiteControlVariables = {
  SUITE_CONTROL_URL: httpUrlVariable()
    .refine((url) => /^http:\/\/127\.0\.0\.1:\d+$/.test(url), 'must be http://127.0.0.1 and a port')
    .optional(),
  SUITE_CONTROL_TOKEN: secretVariable({ minLength: 32 }),
};

type SuiteControlVariables = {
  SUITE_CONTROL_URL?: string | undefined;
  SUITE_CONTROL_TOKEN?: Token | undefined;
};

/** 2 s: the runner answers at once, unless this machine is very busy. */
const TIMEOUT_MS = 2_000;

const servicesSchema = z.object({
  services: z.array(
    z.object({ name: z.string(), state: z.enum(['starting', 'running', 'paused', 'stopped']) }),
  ),
});

/** The runner's response: its status and its JSON. */
export type ControlResponse = { status: number; body: unknown };

/** Asks the runner of a local suite to kill, pause and restart its processes. */
export class SuiteControl {
  readonly #http: ServiceClient;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#http = new ServiceClient({ baseUrl: url, timeoutMs: TIMEOUT_MS });
    this.#token = token;
  }

  /** Returns the control that the variables name, or undefined if they name none. */
  static from(variables: SuiteControlVariables): SuiteControl | undefined {
    const { SUITE_CONTROL_TOKEN: token, SUITE_CONTROL_URL: url } = variables;
    return url === undefined || token === undefined ? undefined : new SuiteControl(url, token.sent);
  }

  /** Lists what can be controlled; nothing if the runner does not answer. */
  async list(): Promise<ControlledService[]> {
    const { body, status } = await this.#ask({ method: 'GET', url: '/services' });
    return status === 200 ? (servicesSchema.safeParse(body).data?.services ?? []) : [];
  }

  /** Does something to a process. */
  act(name: string, action: ControlAction): Promise<ControlResponse> {
    const url = `/services/${encodeURIComponent(name)}`;
    return this.#ask({ method: 'POST', url, body: jsonBody({ action }) });
  }

  async #ask(request: ServiceRequest): Promise<ControlResponse> {
    const headers = { authorization: `Bearer ${this.#token}` };
    try {
      const { data, status } = await this.#http.request({ ...request, headers });
      return { status, body: data };
    } catch (error) {
      if (!(error instanceof NoResponseError)) throw error;
      return { status: 503, body: { error: 'The runner of this suite does not respond' } };
    }
  }
}
