/** Returns a free TCP port, a different one on every call. */

export { default as freePort } from 'get-port';
export { bundleEntries } from './bundles/bundle-entries.ts';
export { type Bundles, bundled } from './bundles/bundles.ts';
export { BUNDLES_VARIABLE, entryArguments } from './bundles/entry-arguments.ts';
export { type Certificates, certificatesIn, createCertificates } from './certificates.ts';
export { type ClosedLoopResult, runClosedLoop } from './closed-loop.ts';
export { type LocalService, startLocalService } from './local-service.ts';
export { pathVariants } from './path-variants.ts';
export { sendRaw } from './send-raw.ts';
export { createTemporaryDirectory } from './temporary-directory.ts';
