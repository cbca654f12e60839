export { commonOperations, commonTags, indexOperation, pageOperations } from './common-operations.ts';
export { openApiDocument } from './openapi-document.ts';
export type { ApiDescription, Operation } from './operation.ts';
