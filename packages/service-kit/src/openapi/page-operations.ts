import { z } from 'zod';
import type { Operation } from './operation.ts';

/** Describes a page and its files. */
export function pageOperations(path: string, id: string, summary: string, tag: string): Operation[] {
  return [
    {
      method: 'get',
      path,
      id,
      tag,
      summary,
      responses: { 200: { description: 'The page.', type: 'text/html' } },
      examples: { page: { summary: 'The page', status: 200, response: '<!doctype html>\n<html lang="en">' } },
    },
    {
      method: 'get',
      path: `${path}/assets/{file}`,
      id: `${id}Asset`,
      tag,
      summary: `A script or style sheet of ${path}`,
      description: 'The name of a file contains a hash of its content; the page refers to it.',
      params: z.object({ file: z.string() }),
      responses: { 200: { description: 'The file.', type: 'text/javascript' } },
      errors: ['not_found'],
      examples: {
        unknown: {
          summary: 'A file that is none of the page',
          path: { file: 'unknown.js' },
          status: 404,
          response: { error: 'Not found', code: 'not_found' },
        },
      },
    },
  ];
}
