/** The grid's variables; those of the caller's shell are not meant for a judged program. */
export const contractVariables: readonly string[] = [
  'ADMIN_TOKEN',
  'ADMIN_TOKEN_FILE',
  'ALLOWED_PEERS',
  'CHARGE_PROCESSING_TIME',
  'DATA_DIR',
  'HIGH_PRIORITY_RESERVE_KW',
  'LOAD_BALANCER_URL',
  'MAX_CAPACITY',
  'POLL_INTERVAL_MS',
  'PORT',
  'ROUTING_POLICY',
  'SUBSTATIONS',
  'SUBSTATION_DNS',
  'SUBSTATION_HOSTS',
  'SUBSTATION_ID',
  'SUBSTATION_PORT',
];
