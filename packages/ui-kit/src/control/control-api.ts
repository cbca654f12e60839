import type { Operation } from '@gridclock/service-kit/openapi';
import { z } from 'zod';
import { actionSchema } from './control-routes.ts';

/** Describes how a live page controls the processes of a local suite. @param hasControl whether `npm start` runs it */
export function controlOperations(tag: string, hasControl: boolean): Operation[] {
  const list: Operation = {
    method: 'get',
    path: '/ui/control',
    id: 'controlled',
    tag,
    summary: 'The processes that the live page may control',
    responses: {
      200: {
        description: 'None, unless `npm start` runs the suite and this is its own page on the same host.',
        schema: z.object({ services: z.array(z.object({ name: z.string(), state: z.string() })) }),
      },
    },
    examples: { list: { summary: 'In a container', status: 200, response: { services: [] } } },
  };
  if (!hasControl) return [list];
  return [
    list,
    {
      method: 'post',
      path: '/ui/control',
      id: 'control',
      tag,
      summary: 'Kill, pause, resume or restart a process of the suite',
      body: actionSchema,
      responses: { 200: { description: 'Done.', schema: z.looseObject({}) } },
      errors: ['forbidden', 'not_found', 'conflict', 'unavailable'],
    },
  ];
}
