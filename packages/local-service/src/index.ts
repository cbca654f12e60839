export { freePort } from './free-port.ts';
export { type LocalService, type LocalServiceOptions, startLocalService } from './local-service.ts';
