export { type ConnectionState, follow, rememberToken, send } from './connection.ts';
export { ProcessBadge, ServiceButtons } from './service-buttons.tsx';
export type { ServerEvent } from './sse.ts';
export { type SuiteControls, useSuiteControl } from './use-suite-control.ts';
