import type { ChargeRequest, Priority } from '@gridclock/grid-protocol';
import type { Candidate } from '../load_balancer/fleet/candidate.ts';
import type { SubstationReport } from './substation.ts';

/** The decisions of a simulated balancer. Times in ms, powers in kW. */
export type Router = {
  /** Called with the report of a poll that started at `startedAt`. */
  recordPoll: (id: string, report: SubstationReport, startedAt: number, now: number) => void;
  /** Yields the substations to ask for this request, one after another, until one accepts. */
  candidates: (request: ChargeRequest, now: number) => Iterator<string, void, undefined>;
  /** Called when a request is sent. Returns the function to call with the response. */
  recordDispatch: (id: string, kw: number, now: number) => RecordResponse;
  /** What the balancer believes of the substations; undefined if it only knows the last polls. */
  believed?: (priority: Priority, now: number) => readonly Candidate[];
};

type RecordResponse = (accepted: boolean, report: SubstationReport, now: number) => void;
