import { fileURLToPath } from 'node:url';
import { freePort, startLocalService } from '@gridclock/local-service';
import type { Contender } from '../compare/row.ts';
import { measureThroughput, warmUp } from '../compare/throughput.ts';
import type { WrkRequest } from '../compare/wrk-script.ts';
import { startEtcd } from './etcd-cluster.ts';
import { startStore } from './store-cluster.ts';
import { etcdPuts, puts } from './workload.ts';

export type Load = { connections: number; requests: readonly WrkRequest[] };

/** Nodes of the store that keep their data on disk; the first gets the load. */
export function storeContender(name: string, { connections, requests }: Load, nodes = 3): Contender {
  return {
    name,
    needs: ['wrk'],
    async open() {
      const {
        urls: [url = ''],
        close,
      } = await startStore(nodes);
      await warmUp(url, puts);
      return { measure: () => measureThroughput(url, connections, requests), close };
    },
  };
}

/** An Express app with nothing but JSON, zod and a Map. */
export function bareExpress({ connections, requests }: Load): Contender {
  return {
    name: 'bare Express + zod',
    needs: ['wrk'],
    async open() {
      const service = startLocalService({
        name: 'bare Express',
        entryFile: fileURLToPath(new URL('bare-express.ts', import.meta.url)),
        port: await freePort(),
        environment: { NODE_ENV: 'production' },
      });
      await service.ready();
      await warmUp(service.url, puts);
      return {
        measure: () => measureThroughput(service.url, connections, requests),
        close: () => service.stop(),
      };
    },
  };
}

/** Three nodes of etcd through its HTTP gateway; the leader gets the load. */
export function etcd({ connections, requests }: Load): Contender {
  return {
    name: 'etcd, 3 nodes',
    needs: ['wrk', 'etcd'],
    async open() {
      const { leader, close } = await startEtcd(3);
      await warmUp(leader, etcdPuts);
      return { measure: () => measureThroughput(leader, connections, requests), close };
    },
  };
}
