export { type ConnectionState, follow, rememberToken, send } from './connection.ts';
export type { ServerEvent } from './sse.ts';
