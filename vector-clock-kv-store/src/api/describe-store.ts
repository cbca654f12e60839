import {
  type ApiDescription,
  commonOperations,
  commonTags,
  openApiDocument,
} from '@gridclock/service-kit/openapi';
import { clientApi } from './client-api.ts';
import { diagnosticsApi, type Parts } from './diagnostics-api.ts';
import { nodeApi } from './node-api.ts';

export type StoreParts = Parts & { hasToken: boolean; hasRateLimit: boolean };

const TOKEN = 'clusterToken';

/** Builds the OpenAPI document of a node with these parts. */
export function describeStore({ hasToken, hasRateLimit, ...parts }: StoreParts, version: string): object {
  const tokens = hasToken ? [TOKEN] : undefined;
  const api: ApiDescription = {
    title: 'Gridclock causal store',
    description:
      'A causally consistent key-value store. Clocks travel as objects from node to number of writes. ' +
      'A client sends the clocks that it has seen as `vc`, its causal context, and then never reads older data than ' +
      'before. A fault of the service itself is a 500 with the code `internal_error`.',
    tags: {
      Keys: 'Reads and writes of clients.',
      Cluster: 'State, membership, and the messages between nodes.',
      ...(parts.faults || parts.trace ? { Diagnostics: 'Traces, and faults on links.' } : {}),
      ...(parts.page ? { 'Live page': 'The page at `/ui`, and its data.' } : {}),
      ...commonTags,
    },
    tokens: hasToken ? { [TOKEN]: 'The token of the cluster (CLUSTER_TOKEN), for nodes and operators.' } : {},
    operations: [
      ...clientApi,
      ...nodeApi(tokens),
      ...diagnosticsApi(parts, tokens),
      ...commonOperations('vector-clock-kv-store'),
    ],
    hasRateLimit,
  };
  return openApiDocument(api, version);
}
