import { createConfig, lintFromString } from '@redocly/openapi-core';
import type { ApiDocument } from './document.ts';

/**
 * Validates a document: that it is OpenAPI 3.1, that its ids are unique, its parameters are those of its paths, its
 * references lead somewhere, and its examples are of the form that it describes.
 *
 * @returns what is wrong, except in examples of requests that the service refuses
 */
export async function findInvalidParts(document: ApiDocument): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({
    source: JSON.stringify(document),
    absoluteRef: 'openapi.json',
    config,
  });
  return problems
    .map(({ location: [place], message, ruleId }) => ({ message, ruleId, pointer: place?.pointer ?? '' }))
    .filter(({ pointer }) => !isRefused(document, pointer))
    .map(({ message, pointer, ruleId }) => `${ruleId}: ${message} at ${pointer}`);
}

/** Whether a place is in an example of a request that gets a 400. */
function isRefused({ paths }: ApiDocument, pointer: string): boolean {
  const [, path, method, part, rest] =
    /^#\/paths\/([^/]+)\/(\w+)\/(requestBody|parameters)\/(.*)$/.exec(pointer) ?? [];
  const example = /(?:^|\/)examples\/([^/]+)/.exec(rest ?? '')?.[1];
  if (path === undefined || method === undefined || part === undefined || example === undefined) return false;
  const response = paths[path.replaceAll('~1', '/').replaceAll('~0', '~')]?.[method]?.responses[400];
  if (response === undefined || '$ref' in response) return false;
  return Object.values(response.content ?? {}).some(({ examples = {} }) => example in examples);
}
