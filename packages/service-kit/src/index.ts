export { siblingNames } from './browsers/host-names.ts';
export { isFromPageOnThisHost, isFromThisHost, requireAdministrator } from './credentials/administrator.ts';
export { bearerOf, requireBearerToken } from './credentials/bearer-token.ts';
export { credentialHash } from './credentials/credential.ts';
export { limitRate, type RateLimit, rateLimitVariables } from './credentials/rate-limit.ts';
export { Token } from './credentials/token.ts';
export { digestOf, isMacWith, macWith } from './credentials/token-mac.ts';
export { admitBodies } from './door/body-admission.ts';
export { leaveFrontDoor, type RequestClass } from './door/front-door.ts';
export { listenerOf } from './hot/hot-listener.ts';
export type { HotLimit, HotRequest, HotResponse, HotRoute } from './hot/hot-route.ts';
export { takeItemTexts } from './input/item-texts.ts';
export { bodyDigestOf, inexactNumberOf } from './input/json-body.ts';
export { scanJson } from './input/json-text.ts';
export { checkNames, hasOnlyNames } from './input/unknown-fields.ts';
export { validate } from './input/validate.ts';
export { AddressGuard, allowedPeersVariable } from './outbound/address-guard.ts';
export {
  connectTimeoutVariable,
  createHttpClient,
  jsonBody,
  transportFailure,
} from './outbound/http-client.ts';
export { NoResponseError } from './outbound/no-response-error.ts';
export { originSchema } from './outbound/origin.ts';
export type { ServiceResponse } from './outbound/received-response.ts';
export { ServiceClient, type ServiceRequest } from './outbound/service-client.ts';
export { EventLoopTurns } from './pacing/event-loop-turns.ts';
export { BadRequestError, HttpError, StartError, UnavailableError } from './problems/errors.ts';
export {
  booleanVariable,
  EnvironmentError,
  httpUrlVariable,
  integerVariable,
  numberVariable,
  portVariable,
  readEnvironment,
} from './process/environment.ts';
export { listen, runService } from './process/lifecycle.ts';
export { createLogger, type Logger } from './process/logger.ts';
export { secretVariable } from './process/secret-variable.ts';
export { createServiceApp } from './requests/app.ts';
export { remainingMs } from './requests/deadline.ts';
export { hasBody } from './requests/http-manners.ts';
export { jsonHandler, sendJsonResponse } from './requests/json-exchange.ts';
export type { JsonRequest, JsonResponse } from './requests/json-request.ts';
export { createRegistry } from './requests/metrics.ts';
export { REQUEST_ID_HEADER, requestIdOf } from './requests/request-id.ts';
export { onceClosed } from './requests/response-closed.ts';
export { createRouter } from './requests/router.ts';
export { setPageHeaders } from './requests/security-headers.ts';
export { StreamBudget } from './requests/stream-budget.ts';
export { VERSION } from './requests/version.ts';
export { OPERATOR } from './tls/peer-role.ts';
export { isPeer, requirePeer } from './tls/require-peer.ts';
export type { PeerTls, ServiceTls } from './tls/service-tls.ts';
export { openToolTls } from './tls/tool-tls.ts';
