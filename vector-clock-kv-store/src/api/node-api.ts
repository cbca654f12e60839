import { VERSION } from '@gridclock/service-kit';
import type { Operation } from '@gridclock/service-kit/openapi';
import { z } from 'zod';
import {
  batchSchema,
  claimAnswerSchema,
  claimSchema,
  memberSchema,
  shortBatchSchema,
  snapshotSchema,
  writeSchema,
} from '../messages/peer.ts';
import { WIRE_FORMATS } from '../replication/wire-formats.ts';
import { snapshotQuerySchema } from '../routes/replication-routes.ts';
import { heartbeatResponse, membersResponse, replicateResponse, stateResponse } from './responses.ts';

const tag = 'Cluster';

/** @param tokens the security schemes of routes between nodes; undefined if the cluster has no token */
export function nodeApi(tokens: readonly string[] | undefined): Operation[] {
  const security = tokens === undefined ? {} : { security: tokens };
  return [
    {
      method: 'get',
      path: '/',
      id: 'heartbeat',
      tag,
      summary: 'Heartbeat: the clock of the node, and what it knows of its cluster',
      description: 'Leads a browser to `/ui`, where the node has a live page.',
      responses: {
        200: { description: 'For clients that accept JSON.', schema: heartbeatResponse },
        302: { description: 'For browsers: to the live page.', type: 'text/html' },
      },
      examples: {
        heartbeat: {
          summary: 'A node that serves',
          status: 200,
          response: {
            node_id: 'node1',
            name: 'node1',
            clock_id: 'node1',
            status: 'ok',
            vector_clock: { node1: 1 },
            heard_of: { node1: 1 },
            pruned: {},
            peers: [
              { id: 'node2', url: 'http://node2:5000' },
              { id: 'node3', url: 'http://node3:5000' },
            ],
            removed: [],
            conflicts: [],
            version: VERSION,
            wire: WIRE_FORMATS,
          },
        },
      },
    },
    {
      method: 'get',
      path: '/state',
      id: 'state',
      tag,
      summary: 'All keys, and the writes that wait for a dependency',
      responses: { 200: { description: 'All of one moment.', schema: stateResponse } },
      examples: {
        state: {
          summary: 'A node with one key',
          status: 200,
          response: { node_id: 'node1', clock_id: 'node1', store: {}, vector_clock: {}, buffered: [] },
        },
      },
    },
    {
      method: 'get',
      path: '/members',
      id: 'members',
      tag,
      summary: 'The present and past members',
      responses: { 200: { description: 'As this node knows them.', schema: membersResponse } },
      examples: {
        members: {
          summary: 'A cluster of three',
          status: 200,
          response: { node_id: 'node1', clock_id: 'node1', peers: [], removed: [] },
        },
      },
    },
    {
      method: 'post',
      path: '/members',
      id: 'addMember',
      tag,
      summary: 'Add a node, or change its address',
      body: memberSchema,
      ...security,
      responses: { 200: { description: 'The members after the change.', schema: membersResponse } },
      errors: ['not_serving', 'disk_full', 'behind_context'],
      links: {
        remove: {
          to: 'removeMember',
          description: 'Remove it again.',
          parameters: { id: '$request.body#/id' },
        },
      },
      examples: {
        add: {
          summary: 'Add node4',
          body: { id: 'node4', url: 'http://node4:5000' },
          status: 200,
          response: { node_id: 'node1', clock_id: 'node1', peers: [], removed: [] },
        },
      },
    },
    {
      method: 'delete',
      path: '/members/{id}',
      id: 'removeMember',
      tag,
      summary: 'Remove a node for good',
      params: z.object({ id: memberSchema.shape.id }),
      ...security,
      responses: { 200: { description: 'The members after the change.', schema: membersResponse } },
      errors: ['not_a_member', 'not_serving', 'disk_full', 'behind_context'],
      examples: {
        unknown: {
          summary: 'A node that is no member',
          path: { id: 'node9' },
          status: 404,
          response: { error: 'node9 is not in the cluster', code: 'not_a_member' },
        },
      },
    },
    {
      method: 'post',
      path: '/replicate',
      id: 'replicate',
      tag,
      summary: 'Deliver messages of another node',
      description:
        'One message, or a list. A message whose dependencies are missing is buffered. With the header `x-gridclock-wire: 2`, an item of a list may be a key and a value alone: it continues the message before it, with the next number of the same sender.',
      body: z.union([writeSchema, batchSchema, shortBatchSchema]),
      ...security,
      responses: { 202: { description: 'What became of them.', schema: replicateResponse } },
      errors: [
        'identity_taken',
        'removed_member',
        'another_process',
        'wire_version',
        'not_serving',
        'buffer_full',
        'too_many_ids',
        'disk_full',
      ],
      examples: {
        buffered: {
          summary: 'A message that arrives before its cause',
          body: { sender: 'node2', key: 'y', value: 2, vc: { node2: 2 } },
          status: 202,
          response: { status: 'buffered', vc: {} },
        },
        inOrder: {
          summary: 'The cause itself',
          body: { sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } },
          status: 202,
          response: { status: 'applied', vc: { node2: 2 } },
        },
      },
    },
    {
      method: 'get',
      path: '/snapshot',
      id: 'snapshot',
      tag,
      summary: 'All data of one moment, in pages',
      query: snapshotQuerySchema,
      ...security,
      responses: {
        200: { description: 'A page; `next` is the mark of the following one.', schema: snapshotSchema },
      },
      errors: ['wire_version'],
      examples: {
        first: { summary: 'The first page', status: 200, response: { clock: {}, entries: [] } },
      },
      links: {
        next: {
          to: 'snapshot',
          description: 'The following page.',
          parameters: { mark: '$response.body#/next' },
        },
      },
    },
    {
      method: 'post',
      path: '/claims',
      id: 'claim',
      tag,
      summary: 'Ask a member to call a node and to compare its identity',
      body: claimSchema,
      ...security,
      responses: { 200: { description: 'Granted, or why not.', schema: claimAnswerSchema } },
      errors: ['not_serving', 'wire_version'],
      examples: {
        nobody: {
          summary: 'A node that does not answer at its address',
          body: { id: 'node2', life: '0123456789abcdef', confirm: false },
          status: 200,
          response: { refusal: 'nobody', witness: false },
        },
      },
    },
  ];
}
