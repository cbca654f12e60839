export { type FaultCounts, type FaultInjector, formatFaultCounts, injectFaults } from './fault-injection.ts';
export {
  describeFault,
  type FaultKind,
  type FaultPlan,
  faultKinds,
  type InjectedFault,
  isLinkFault,
  linkFaultKinds,
  planFaults,
} from './fault-schedule.ts';
export { SeededRandom } from './seeded-random.ts';
export { VirtualClock } from './virtual-clock.ts';
