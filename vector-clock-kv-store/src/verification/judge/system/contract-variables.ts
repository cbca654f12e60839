/** The contract's variables; those of the caller's shell are not meant for a judged node. */
export const contractVariables: readonly string[] = [
  'NODE_ID',
  'PEERS',
  'PORT',
  'DATA_DIR',
  'CLUSTER_TOKEN',
  'CLUSTER_TOKEN_FILE',
];
