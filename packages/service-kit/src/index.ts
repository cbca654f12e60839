export { createServiceApp, parseJson, type ServiceAppOptions } from './app.ts';
export { requireBearerToken } from './bearer-token.ts';
export {
  booleanVariable,
  commonVariables,
  EnvironmentError,
  httpUrlVariable,
  integerVariable,
  numberVariable,
  portVariable,
  readEnvironment,
} from './environment.ts';
export { BadRequestError, HttpError, UnavailableError } from './errors.ts';
export {
  createHttpClient,
  type HttpClientOptions,
  type TransportFailure,
  transportFailure,
} from './http-client.ts';
export { listen, runService, type Service, type ServiceContext } from './lifecycle.ts';
export { createLogger, type Logger } from './logger.ts';
export { createRegistry } from './metrics.ts';
export { limitRate, publicEntryVariables } from './public-entry.ts';
export { secretVariable } from './secret-variable.ts';
export { validate } from './validate.ts';
