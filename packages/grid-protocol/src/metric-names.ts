/** Metrics of a substation. Powers in kW. The first four have no labels: other balancers read them by name. */
export const substationMetrics = {
  currentLoad: 'substation_current_load',
  maxCapacity: 'substation_max_capacity',
  activeSessions: 'substation_active_sessions',
  utilizationPercent: 'substation_utilization_percent',
  /** The part of the capacity that only high-priority requests may use. */
  highPriorityReserve: 'substation_high_priority_reserve',
  /** 1 while the substation accepts no new sessions, otherwise 0. */
  draining: 'substation_draining',
  /** Always 1; its label `substation_id` is the substation's configured id. */
  info: 'substation_info',
  accepted: 'substation_charges_accepted_total',
  /** Repeated requests that got the original response and charged nothing. */
  replayed: 'substation_charges_replayed_total',
  acceptedKilowatts: 'substation_accepted_kilowatts_total',
  /** By `reason`: capacity, draining, conflict, superseded, storage. */
  rejected: 'substation_charges_rejected_total',
  /** By `end`: completed (its time was over), stopped (by a client) or withdrawn (it could not be stored). */
  ended: 'substation_sessions_ended_total',
  /** Energy that ended sessions have drawn, in joules (watt-seconds). */
  energy: 'substation_energy_joules_total',
  /** The number of this substation's life. A new one means that it has lost its memory of sessions. */
  life: 'substation_life',
  /** 1 if sessions survive a restart (DATA_DIR), otherwise 0. */
  durable: 'substation_sessions_durable',
  /** 1 while the disk takes no changes and no session can start, otherwise 0. */
  storageFailed: 'substation_storage_failed',
} as const;

/** Metrics of the balancer. Powers in kW. */
export const balancerMetrics = {
  /**
   * By `outcome`: accepted, insufficient_capacity, capacity_unknown, too_large, expired, withdrawn, unavailable, unknown,
   * invalid.
   */
  requests: 'load_balancer_requests_total',
  /** By `substation_id`. */
  substationLoad: 'substation_load',
  /** By `substation_id`: time of its last response, in seconds since 1970. */
  viewTimestamp: 'load_balancer_view_timestamp_seconds',
  /** By `substation_id`: 1 while it is ejected because it does not respond, otherwise 0. */
  ejected: 'load_balancer_substation_ejected',
  /** Substations tried per request. */
  hops: 'load_balancer_request_hops',
  /** Messages repeated to the same substation because its response was lost. */
  retries: 'load_balancer_retries_total',
  /** Substations ejected. */
  ejections: 'load_balancer_ejections_total',
  /** Repeated requests that shared the outcome of the original. */
  repeats: 'load_balancer_repeated_requests_total',
  /** Sessions that ended because their substation lost its memory of them. */
  interrupted: 'load_balancer_sessions_interrupted_total',
  /** 1 while the disk takes no changes, so that no request can be placed, otherwise 0. */
  storageFailed: 'load_balancer_storage_failed',
  /** Requests in the admission queue. */
  waiting: 'load_balancer_waiting_requests',
  /** Time that requests spent in the admission queue, in seconds. By `outcome`: admitted, rejected, displaced, withdrawn. */
  waits: 'load_balancer_wait_seconds',
} as const;
