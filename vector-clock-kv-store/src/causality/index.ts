/**
 * The package's subpath `/causality`: the causal core of a node. Values in, values out; it imports nothing.
 *
 * @module
 */
export { type BufferCapacity, CausalBuffer } from './causal-buffer.ts';
export { joinVersions, type KeyState } from './join-versions.ts';
export { incarnationOf, isNodeId, isNodeName, type NodeId, nameOf } from './node-id.ts';
export { type Receipt, type ReceiptStatus, Replica } from './replica.ts';
export { type Retirement, Retirements, retirementIn } from './retirements.ts';
export {
  clockSum,
  compare,
  counterOf,
  type Dot,
  descends,
  dotKey,
  firstMissing,
  merge,
  missingDependency,
  pointwiseMin,
  tick,
  type VectorClock,
  zeroClock,
} from './vector-clock.ts';
export { includesAll, isTombstone, maximalVersions, type Version, withWrite } from './versions.ts';
export { dotOf, type KeyValue, type Value, type Write } from './write.ts';
