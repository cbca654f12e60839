export {
  deadlineHeader,
  exampleAcceptance,
  exampleCharge,
  invalidCharge,
  placementErrors,
  sessionLinks,
} from './charge-api.ts';
export { sessionOperations } from './session-api.ts';
