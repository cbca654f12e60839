import type { Operation } from '@gridclock/service-kit/openapi';
import { z } from 'zod';
import { sessionListSchema, sessionSchema } from '../sessions.ts';

const tag = 'Sessions';

type SessionApi = {
  /** The security schemes of the session's holder and of the administrator. */
  holder: readonly string[];
  /** The scheme of the administrator; undefined if the service has no token, so that only its own host may. */
  administrator: readonly string[] | undefined;
  errors?: Operation['errors'];
};

/** Describes the routes for sessions, which the entry, the balancer and the substation have alike. */
export function sessionOperations({ administrator, errors = [], holder }: SessionApi): Operation[] {
  const params = z.object({ id: sessionSchema.shape.session_id });
  const ofSession = [...errors, 'no_such_session', 'session_interrupted'] as const;
  const examples = {
    unknown: {
      summary: 'A session that never was',
      path: { id: 'unknown' },
      status: 404,
      response: { error: 'No such session', session_id: 'unknown', code: 'no_such_session' },
    },
  };
  return [
    {
      method: 'get',
      path: '/sessions',
      id: 'sessions',
      tag,
      summary: 'All sessions, for the administrator',
      ...(administrator === undefined ? {} : { security: administrator }),
      responses: {
        200: {
          description: 'The sessions, and the substations that did not respond.',
          schema: sessionListSchema,
        },
      },
      errors: [...errors, 'unauthorized', 'forbidden'],
      examples: {
        list: { summary: 'The sessions of the moment', status: 200, response: { sessions: [] } },
      },
    },
    {
      method: 'get',
      path: '/sessions/{id}',
      id: 'session',
      tag,
      summary: 'One session, for who has its secret',
      params,
      security: holder,
      responses: { 200: { description: 'The session.', schema: sessionSchema } },
      errors: ofSession,
      examples,
    },
    {
      method: 'delete',
      path: '/sessions/{id}',
      id: 'stopSession',
      tag,
      summary: 'Stop a session early',
      params,
      security: holder,
      responses: {
        200: {
          description: 'The session as it ended, and the load that remains.',
          schema: sessionSchema.extend({ status: z.literal('stopped') }),
        },
      },
      errors: [...ofSession, 'storage_unavailable'],
      examples,
    },
  ];
}
