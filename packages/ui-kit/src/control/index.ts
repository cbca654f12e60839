export { controlRoutes } from './control-routes.ts';
export { SuiteControl, suiteControlVariables } from './suite-control.ts';
