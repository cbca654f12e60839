export {
  deadlineHeader,
  exampleAcceptance,
  exampleCharge,
  invalidCharge,
  placementErrors,
} from './charge-api.ts';
export { sessionOperations } from './session-api.ts';
