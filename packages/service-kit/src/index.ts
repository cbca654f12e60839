export { AddressGuard, allowedPeersVariable } from './address-guard.ts';
export { isFromThisHost, requireAdministrator } from './administrator.ts';
export { createServiceApp } from './app.ts';
export { bearerOf, requireBearerToken } from './bearer-token.ts';
export { clientLeft } from './client-left.ts';
export { credentialHash } from './credential.ts';
export { remainingMs } from './deadline.ts';
export { admitBodies } from './door/body-admission.ts';
export { leaveFrontDoor, type RequestClass } from './door/front-door.ts';
export {
  booleanVariable,
  EnvironmentError,
  httpUrlVariable,
  integerVariable,
  numberVariable,
  portVariable,
  readEnvironment,
} from './environment.ts';
export { BadRequestError, HttpError, StartError, UnavailableError } from './errors.ts';
export { EventLoopTurns } from './event-loop-turns.ts';
export { siblingNames } from './host-names.ts';
export {
  closeIdleConnections,
  connectionOf,
  connectTimeoutVariable,
  createHttpClient,
  jsonBody,
  transportFailure,
} from './http-client.ts';
export { hasBody } from './http-manners.ts';
export { bodyDigestOf, inexactNumberOf } from './json-body.ts';
export { listen, runService } from './lifecycle.ts';
export { createLogger, type Logger } from './logger.ts';
export { createRegistry } from './metrics.ts';
export { originSchema } from './origin.ts';
export { limitRate, rateLimitVariables } from './rate-limit.ts';
export { REQUEST_ID_HEADER, requestIdOf } from './request-id.ts';
export { onceClosed } from './response-closed.ts';
export { createRouter } from './router.ts';
export { secretVariable } from './secret-variable.ts';
export { OPERATOR } from './tls/peer-role.ts';
export { requirePeer } from './tls/require-peer.ts';
export type { PeerTls, ServiceTls } from './tls/service-tls.ts';
export { openToolTls } from './tls/tool-tls.ts';
export { Token } from './token.ts';
export { digestOf, isMacWith, macWith } from './token-mac.ts';
export { checkNames } from './unknown-fields.ts';
export { validate } from './validate.ts';
