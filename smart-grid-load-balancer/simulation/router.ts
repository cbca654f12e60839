import type { ChargeRequest } from '@gridclock/grid-protocol';
import type { SubstationReport } from './substation.ts';

/** A balancer's mind in the simulation: what it learns, and whom it asks. Times in ms, powers in kW. */
export type Router = {
  /** A poll that started at `startedAt` has come back. */
  polled: (id: string, report: SubstationReport, startedAt: number, now: number) => void;
  /** The substations to ask for this request, one after another, until one accepts. */
  order: (request: ChargeRequest, now: number) => Iterator<string, void, undefined>;
  /** A request is about to be sent. Returns what is to be called with the answer. */
  sent: (id: string, kw: number, now: number) => Answered;
};

type Answered = (accepted: boolean, report: SubstationReport, now: number) => void;
