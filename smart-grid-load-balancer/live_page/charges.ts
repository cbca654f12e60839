import type { Priority } from '@gridclock/grid-protocol/live';
import { send } from '@gridclock/ui-kit/live';

export type Charge = { vehicle_id: string; charge_amount: number; priority: Priority };

export type Result = { isGood: boolean; text: string };

type Answer = { error?: unknown; substation_id?: unknown; estimated_duration?: unknown; reason?: unknown };

/** Sends a charge request, as a driver's app does. The session's secret is not kept. */
export async function charge(request: Charge): Promise<Result> {
  const { status, data } = await send('POST', 'charge', request).catch(() => ({
    status: 0,
    data: undefined,
  }));
  const answer = answerOf(data);
  if (status === 200)
    return { isGood: true, text: `${request.charge_amount} kW at ${String(answer.substation_id)}` };
  return { isGood: false, text: problemOf(status, answer) };
}

/** Puts another policy in force. @returns why it failed */
export async function usePolicy(policy: string): Promise<{ status: number; problem?: string }> {
  const { status, data } = await send('PUT', 'ui/policy', { policy }).catch(() => ({
    status: 0,
    data: undefined,
  }));
  return status === 200 ? { status } : { status, problem: problemOf(status, answerOf(data)) };
}

function answerOf(data: unknown): Answer {
  return typeof data === 'object' && data !== null ? data : {};
}

function problemOf(status: number, { error, reason }: Answer): string {
  if (status === 0) return 'The service does not respond.';
  const text = typeof error === 'string' ? error : `Status ${status}`;
  return typeof reason === 'string' ? `${text}. ${reason}` : text;
}
