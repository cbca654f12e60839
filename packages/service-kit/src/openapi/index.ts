export { commonOperations, commonTags, indexOperation } from './common-operations.ts';
export { openApiDocument } from './openapi-document.ts';
export type { ApiDescription, Link, Operation } from './operation.ts';
export { pageOperations } from './page-operations.ts';
