import type { Link, Operation } from '@gridclock/service-kit/openapi';
import { z } from 'zod';
import { batchPutSchema, deleteBodySchema, deleteSchema, getSchema, putSchema } from '../messages/client.ts';
import { readQuerySchema } from '../routes/client-routes.ts';
import { inHeaderSchema, inQuerySchema, waitSchema } from '../routes/session.ts';
import { watchQuerySchema } from '../routes/watch-routes.ts';
import { readResponse, writeResponse } from './responses.ts';

const tag = 'Keys';

/** How long to wait, and the client's context in the query or, where it is long, in a header. */
const session = { ...inQuerySchema.partial().shape, ...waitSchema.partial().shape };
const sessionQuery = z.object(session);
const headers = inHeaderSchema.partial();

/** Why a node may not be able to read or write now. */
export const cannotServe = ['not_serving', 'behind_context'] as const;
export const cannotWrite = [...cannotServe, 'too_few_copies', 'disk_full'] as const;

const vc = '$response.body#/vc';

/** What a client can do next with the clock of a response. */
const watchLink: Link = {
  to: 'watch',
  description: 'Stream the writes that come after this clock.',
  parameters: { vc },
};

const readLink: Link = {
  to: 'get',
  description: 'Read the key at any node, which first waits for this write.',
  parameters: { key: '$request.body#/key', vc },
};

const written = { 200: { description: 'The write is stored on `acks` nodes.', schema: writeResponse } };
const read = { 200: { description: 'The value, and the clock that it was read at.', schema: readResponse } };

function putOperation(method: 'post' | 'put', path: '/put' | '/write', id: string): Operation {
  const summary = 'Write a key';
  return {
    method,
    path,
    id,
    tag,
    summary,
    description:
      'The write follows everything in the context `vc`, which may be in the body, the query or a header.',
    query: sessionQuery,
    headers,
    body: putSchema,
    responses: written,
    errors: cannotWrite,
    links: { read: readLink, watch: watchLink },
    examples: {
      write: {
        summary: 'Write x = 1',
        body: { key: 'x', value: 1 },
        status: 200,
        response: { status: 'ok', vc: { node1: 1 } },
      },
      withoutValue: {
        summary: 'A body without a value',
        body: { key: 'x' },
        status: 400,
        response: { error: 'value: is required', field: 'value', code: 'invalid_request' },
      },
    },
  };
}

function getOperation(path: '/get' | '/read', id: string): Operation {
  return {
    method: 'get',
    path,
    id,
    tag,
    summary: 'Read a key',
    query: readQuerySchema.extend(session),
    headers,
    responses: read,
    errors: cannotServe,
    links: { watch: watchLink },
    examples: {
      read: {
        summary: 'Read x',
        query: { key: 'x' },
        status: 200,
        response: { key: 'x', value: 1, vc: { node1: 1 } },
      },
      unseen: {
        summary: 'Read what a client has seen that this node has not',
        query: { key: 'x', vc: { node2: 1 }, wait_ms: '0' },
        status: 503,
        response: {
          error: 'This node is behind what the client has seen; retry or ask another node',
          code: 'behind_context',
          missing: { node2: 1 },
          vc: { node1: 1 },
        },
      },
    },
  };
}

/** Describes what clients do with keys. */
export const clientApi: readonly Operation[] = [
  putOperation('post', '/put', 'put'),
  putOperation('put', '/put', 'putByPut'),
  putOperation('post', '/write', 'write'),
  {
    method: 'post',
    path: '/batch',
    id: 'batch',
    tag,
    summary: 'Write several keys, in their order',
    description:
      'All writes are checked before any is made. `vc` in the response is the clock of the last one.',
    query: sessionQuery,
    headers,
    body: batchPutSchema,
    responses: written,
    errors: cannotWrite,
    links: { watch: watchLink },
    examples: {
      batch: {
        summary: 'Write two keys',
        body: {
          writes: [
            { key: 'question', value: 'why?' },
            { key: 'answer', value: 'because' },
          ],
        },
        status: 200,
        response: { status: 'ok', vc: { node1: 2 } },
      },
    },
  },
  getOperation('/get', 'get'),
  {
    method: 'post',
    path: '/get',
    id: 'getByPost',
    tag,
    summary: 'Read a key, with the context in the body',
    query: sessionQuery,
    headers,
    body: getSchema,
    responses: read,
    errors: cannotServe,
    examples: {
      read: {
        summary: 'Read x',
        body: { key: 'x' },
        status: 200,
        response: { key: 'x', value: 1, vc: { node1: 1 } },
      },
    },
  },
  getOperation('/read', 'read'),
  {
    method: 'get',
    path: '/read/{key}',
    id: 'readByPath',
    tag,
    summary: 'Read a key',
    params: readQuerySchema,
    query: sessionQuery,
    headers,
    responses: read,
    // A key that a client resolves to another path, such as `..`.
    errors: [...cannotServe, 'not_found'],
    examples: {
      read: {
        summary: 'Read x',
        path: { key: 'x' },
        status: 200,
        response: { key: 'x', value: 1, vc: { node1: 1 } },
      },
    },
  },
  {
    method: 'delete',
    path: '/delete',
    id: 'delete',
    tag,
    summary: 'Delete a key',
    description: 'A write as any other. The key is in the query or in the body, not in both.',
    query: deleteSchema.partial({ key: true }).extend(session),
    headers,
    body: deleteBodySchema,
    isBodyOptional: true,
    responses: written,
    errors: cannotWrite,
    examples: {
      byQuery: {
        summary: 'Delete x',
        query: { key: 'x' },
        status: 200,
        response: { status: 'ok', vc: { node1: 2 } },
      },
      byBody: {
        summary: 'Delete x, with a body',
        body: { key: 'x' },
        status: 200,
        response: { status: 'ok', vc: { node1: 2 } },
      },
    },
  },
  {
    method: 'get',
    path: '/watch',
    id: 'watch',
    tag,
    summary: 'Stream writes in causal order',
    description:
      'Server-sent events: `write` for each write after the context, with the id that resumes the stream; ' +
      '`reset` where the log no longer reaches back; `unavailable` once the node no longer serves.',
    query: watchQuerySchema.extend(session),
    headers: headers.extend({
      'last-event-id': z
        .string()
        .optional()
        .meta({ description: 'The id of the last event seen, from which the stream goes on.' }),
    }),
    responses: { 200: { description: 'The stream, until the client closes it.', type: 'text/event-stream' } },
    errors: cannotServe,
    examples: {
      fromTheStart: {
        summary: 'All writes that the log still has',
        query: { prefix: 'x' },
        headers: { 'x-causal-context': {} },
        status: 200,
        response:
          'id: {"node1":1}\nevent: write\ndata: {"key":"x","value":1,"sender":"node1","vc":{"node1":1}}\n\n',
      },
    },
  },
];
