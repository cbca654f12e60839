import { type Operation, pageOperations } from '@gridclock/service-kit/openapi';
import { controlOperations } from '@gridclock/ui-kit/control/api';
import { z } from 'zod';
import { deleteBodySchema, getSchema, putSchema } from '../messages/client.ts';
import { nodeViewSchema } from '../messages/node-view.ts';
import { tracePageSchema } from '../messages/trace.ts';
import { faultSchema } from '../routes/fault-routes.ts';
import { traceQuerySchema } from '../routes/trace-routes.ts';
import { seenSchema } from '../routes/ui-routes.ts';
import { cannotServe, cannotWrite } from './client-api.ts';
import { faultsResponse, readResponse, writeResponse } from './responses.ts';

/** Which of the optional parts of a node there are. */
export type Parts = { faults: boolean; trace: boolean; page: boolean; control: boolean };

type Security = { security?: readonly string[] };

/** Describes what observes and disturbs a node. @param tokens as for `nodeApi` */
export function diagnosticsApi(parts: Parts, tokens: readonly string[] | undefined): Operation[] {
  const security: Security = tokens === undefined ? {} : { security: tokens };
  return [
    ...(parts.trace ? traceApi(security) : []),
    ...(parts.faults ? faultApi(security) : []),
    ...(parts.page ? pageApi(security, parts.control) : []),
  ];
}

function traceApi(security: Security): Operation[] {
  return [
    {
      method: 'get',
      path: '/trace',
      id: 'trace',
      tag: 'Diagnostics',
      summary: 'The latest events of the node, with vector clocks that count events',
      query: traceQuerySchema,
      ...security,
      responses: { 200: { description: 'At most 1,000 events.', schema: tracePageSchema } },
      examples: {
        since: {
          summary: 'The events after number 0',
          query: { since: '0' },
          status: 200,
          response: { host: 'node1', clock: {}, pruned: 0, last: 0, events: [] },
        },
      },
      links: {
        next: {
          to: 'trace',
          description: 'The events after these.',
          parameters: { since: '$response.body#/last' },
        },
      },
    },
  ];
}

function faultApi(security: Security): Operation[] {
  const tag = 'Diagnostics';
  const responses = { 200: { description: 'The active faults of each link.', schema: faultsResponse } };
  return [
    {
      method: 'get',
      path: '/faults',
      id: 'faults',
      tag,
      summary: 'The active faults',
      ...security,
      responses,
      examples: {
        none: {
          summary: 'Links without faults',
          status: 200,
          response: {
            links: [
              { peer: 'node2', faults: [] },
              { peer: 'node3', faults: [] },
            ],
          },
        },
      },
    },
    {
      method: 'post',
      path: '/faults',
      id: 'injectFault',
      tag,
      summary: 'Hold, drop, duplicate, reorder, delay or cut messages to a peer, or end that',
      description: 'A fault ends by itself after `duration_ms`. `pass` lets one held write through.',
      body: faultSchema,
      ...security,
      responses,
      errors: ['conflict'],
      examples: {
        hold: {
          summary: 'Hold what this node sends to node2',
          body: { peer: 'node2', action: 'hold', duration_ms: 1_000 },
          status: 200,
          response: { links: [{ peer: 'node2', faults: [{ action: 'hold' }] }] },
        },
      },
    },
  ];
}

function pageApi(security: Security, hasControl: boolean): Operation[] {
  const tag = 'Live page';
  const params = z.object({ id: z.string() });
  const at2 = (body: object, response: object) => ({
    there: { summary: 'At node2', path: { id: 'node2' }, body, status: 200, response },
  });
  const relayed = { params, tag } as const;
  // The response of the other node is passed on, whatever it is.
  const cannotRelay = ['not_a_member', 'not_serving'] as const;
  return [
    ...pageOperations('/ui', 'ui', 'The live page', tag),
    {
      method: 'get',
      path: '/ui/node',
      id: 'uiNode',
      tag,
      summary: 'What this node shows of itself',
      query: seenSchema,
      ...security,
      responses: { 200: { description: 'At one moment.', schema: nodeViewSchema } },
      examples: {
        view: {
          summary: 'The node and its events',
          query: { since: '0' },
          status: 200,
          response: {
            node: 'node1',
            clock_id: 'node1',
            status: 'ok',
            clock: { node1: 1 },
            members: ['node1', 'node2', 'node3'],
            keys: [],
            more_keys: false,
            buffered: [],
            buffer_size: 0,
          },
        },
      },
    },
    {
      method: 'get',
      path: '/ui/events',
      id: 'uiEvents',
      tag,
      summary: 'What all nodes do, as server-sent events',
      ...security,
      responses: { 200: { description: 'The stream.', type: 'text/event-stream' } },
      examples: {
        cluster: {
          summary: 'The first event',
          status: 200,
          response: 'event: cluster\ndata: {"self":"node1","nodes":[{"name":"node1"}]}\n\n',
        },
      },
    },
    {
      ...relayed,
      method: 'post',
      path: '/ui/nodes/{id}/put',
      id: 'uiPut',
      summary: 'Write a key at another node',
      body: putSchema,
      errors: [...cannotRelay, ...cannotWrite],
      responses: { 200: { description: 'As `/put` there.', schema: writeResponse } },
      examples: at2({ key: 'x', value: 1 }, { status: 'ok', vc: { node2: 1 } }),
    },
    {
      ...relayed,
      method: 'post',
      path: '/ui/nodes/{id}/get',
      id: 'uiGet',
      summary: 'Read a key at another node',
      body: getSchema,
      errors: [...cannotRelay, ...cannotServe],
      responses: { 200: { description: 'As `/get` there.', schema: readResponse } },
      examples: at2({ key: 'x' }, { key: 'x', value: 1, vc: { node2: 1 } }),
    },
    {
      ...relayed,
      method: 'post',
      path: '/ui/nodes/{id}/delete',
      id: 'uiDelete',
      summary: 'Delete a key at another node',
      body: deleteBodySchema,
      errors: [...cannotRelay, ...cannotWrite],
      responses: { 200: { description: 'As `/delete` there.', schema: writeResponse } },
      examples: at2({ key: 'x' }, { status: 'ok', vc: { node2: 2 } }),
    },
    {
      ...relayed,
      ...security,
      method: 'post',
      path: '/ui/nodes/{id}/faults',
      id: 'uiFaults',
      summary: 'Inject a fault at another node',
      body: faultSchema,
      // A node without faults has no such route.
      errors: [...cannotRelay, 'conflict', 'not_found'],
      responses: { 200: { description: 'As `/faults` there.', schema: faultsResponse } },
      examples: at2(
        { peer: 'node3', action: 'cut', duration_ms: 1_000 },
        { links: [{ peer: 'node3', faults: [{ action: 'cut' }] }] },
      ),
    },
    ...controlOperations(tag, hasControl),
  ];
}
