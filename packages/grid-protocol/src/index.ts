export {
  type CapacityRefusal,
  type ChargeAccepted,
  type ChargeRequest,
  capacityRefusalSchema,
  chargeAcceptedSchema,
  chargeRequestSchema,
  type DispatchOrder,
  DRAINING,
  type IdentifiedChargeRequest,
  INSUFFICIENT_CAPACITY,
  isSameCharge,
  LOAD_BALANCER_UNAVAILABLE,
  MAX_CHARGE_AMOUNT_KW,
  NO_SUBSTATION_AVAILABLE,
  OUTCOME_UNKNOWN,
  type PartialChargeRequest,
  type Priority,
  partialChargeRequestSchema,
  priorities,
  REPLAYED_HEADER,
  requestIdSchema,
  routedChargeSchema,
  SUPERSEDED,
  type SubstationChargeRequest,
  substationChargeRequestSchema,
} from './charge.ts';
export { balancerMetrics, substationMetrics } from './metric-names.ts';
export { readMetric, readSamples, type Sample } from './prometheus-text.ts';
export { REQUEST_HISTORY_HEADER, type RequestHistory, requestHistorySchema } from './request-history.ts';
export {
  type RequestLookup,
  requestLookupSchema,
  type Session,
  sessionIdOf,
  sessionListSchema,
  substationIdSchema,
  substationOfSession,
} from './sessions.ts';
export {
  type BalancerStatus,
  balancerStatusSchema,
  type ChargeServiceStatus,
  type SubstationStatus,
  type SubstationViewStatus,
  substationStatusSchema,
} from './status.ts';
