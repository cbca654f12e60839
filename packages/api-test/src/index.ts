export { type CallOptions, checkExamples } from './check-examples.ts';
export { checkLinks } from './check-links.ts';
export { type ApiDocument, documentedRoutes, operationsOf, readDocument } from './document.ts';
export { type FuzzOptions, fuzzOperation } from './fuzz-operation.ts';
export { routesOf } from './routes-of.ts';
export { operationsWithoutExample } from './run-examples.ts';
export { type ServedApp, serveApp } from './serve-app.ts';
export { findInvalidParts } from './validate-document.ts';
