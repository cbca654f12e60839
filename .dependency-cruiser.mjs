// The layers of ARCHITECTURE.md as rules. `npm run lint` refuses every import that breaks one; type imports count.
import swc from '@swc/core';

// dependency-cruiser 17 lets swc parse .tsx files as if they had no JSX, and has no option for it.
const { parseFileSync } = swc;
swc.parseFileSync = (file, options) => parseFileSync(file, { ...options, tsx: file.endsWith('.tsx') });

const store = '^vector-clock-kv-store/src/';
const grid = '^smart-grid-load-balancer/';
const services = '(alert_receiver|charge_request_service|load_balancer|substation_service)';

/** Test folders, and test code next to sources. */
const tests = '(^|/)test/';

/** Code without effects: time, randomness and the network are passed in. */
const cores = {
  path: [
    `${store}(causality|storage)/`,
    `${grid}load_balancer/(fleet|policies|routing)/`,
    `${grid}substation_service/(substation|capacity|session-table|session-description|request-memory)\\.ts$`,
    `${grid}workload/`,
    '^packages/simulation-kit/',
  ],
  pathNot: [tests, `${grid}workload/http-grid-client\\.ts$`],
};

/** The part of storage that uses the disk. */
const diskStorage = `${store}storage/(journal/[^/]*|lmdb-[^/]*|write-failure)\\.ts$`;

const networkModules =
  '^(node:)?(http|https|http2|net|tls|dgram|dns|child_process|cluster|worker_threads)(/|$)';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that import each other are one idea, or share a third that is missing.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'imports-resolve',
      comment: 'An import that resolves to nothing hides from every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'causality-is-closed',
      comment: 'The causal core is values in, values out: it imports only itself.',
      severity: 'error',
      from: { path: `${store}causality/` },
      to: { pathNot: `${store}causality/` },
    },
    {
      name: 'storage-knows-causality-only',
      comment: 'Storage keeps writes. It imports the causal core, its database and the file system.',
      severity: 'error',
      from: { path: `${store}storage/` },
      to: {
        pathNot: [
          `${store}(causality|storage)/`,
          '^(node:)?(fs|fs/promises|path|zlib)$',
          'node_modules/lmdb/',
          '^packages/durable-tables/src/lmdb/',
        ],
      },
    },
    {
      name: 'core-reaches-no-http',
      comment: 'The pure cores reach neither Express nor an HTTP client, not even through other files.',
      severity: 'error',
      from: cores,
      to: { path: 'node_modules/(express|axios)/', reachable: true },
    },
    {
      name: 'core-reaches-no-network',
      comment: 'The pure cores reach neither the network, other processes nor metrics.',
      severity: 'error',
      from: cores,
      to: { path: [networkModules, 'node_modules/prom-client/'], reachable: true },
    },
    {
      name: 'http1-is-pure',
      comment:
        'What formats requests and reads responses sees texts and bytes, not the connections that they travel on.',
      severity: 'error',
      from: { path: '^packages/service-kit/src/outbound/http1/' },
      to: { pathNot: '^packages/service-kit/src/outbound/http1/' },
    },
    {
      name: 'core-reaches-no-disk',
      comment: 'Apart from the storage on disk, the pure cores use no files, no process and no randomness.',
      severity: 'error',
      from: { ...cores, pathNot: [...cores.pathNot, diskStorage] },
      to: {
        path: ['^(node:)?(fs|os|process|crypto)(/|$)', 'node_modules/(lmdb|fs-native-extensions)/'],
        reachable: true,
      },
    },
    {
      name: 'core-writes-no-logs',
      comment: "The pure cores log through an object passed in. Biome limits this to the logger's type.",
      severity: 'error',
      from: cores,
      to: { path: 'node_modules/pino' },
    },
    {
      name: 'store-parts-know-no-app',
      comment: 'The parts of a node know neither the HTTP interface nor the wiring that puts them together.',
      severity: 'error',
      from: { path: `${store}(membership|replication|storage|store|trace|messages)/` },
      to: {
        path: `${store}(routes/|commands/|(app|node|client|config|cluster-node(-options)?|metrics|disk-metrics)\\.ts$)`,
      },
    },
    {
      name: 'node-knows-no-http-interface',
      comment: 'Routes call the node, not the other way round.',
      severity: 'error',
      from: {
        path: `${store}(cluster-node(-options)?|condition-waiters|metrics|disk-metrics|causal-client)\\.ts$`,
      },
      to: { path: `${store}(routes/|(app|node|client|config)\\.ts$)` },
    },
    {
      name: 'package-is-portable',
      comment:
        'The published package runs in browsers too: its client and its checker import pure code and zod.',
      severity: 'error',
      from: { path: `${store}(session-client/|verification/history/index\\.ts$)` },
      to: {
        path: ['^(node:)?[a-z_]+$', '^(node:)?(fs|timers|stream|util)/', 'node_modules/', '^packages/'],
        pathNot: ['node_modules/zod/'],
        reachable: true,
      },
    },
    {
      name: 'session-client-is-closed',
      comment: 'The client of the published package imports the causal core and what describes messages.',
      severity: 'error',
      from: { path: `${store}session-client/` },
      to: {
        pathNot: [
          `${store}(session-client|causality)/`,
          `${store}(messages/clock|retirement/reported-clocks|limits)\\.ts$`,
          'node_modules/zod/',
        ],
      },
    },
    {
      name: 'systems-are-independent',
      comment: 'The store and the grid share packages, nothing else.',
      severity: 'error',
      from: { path: '^(vector-clock-kv-store|smart-grid-load-balancer)/', pathNot: tests },
      to: { path: '^(vector-clock-kv-store|smart-grid-load-balancer)/', pathNot: '^$1/' },
    },
    {
      name: 'systems-need-no-tools',
      comment: 'Packages and both systems work without what tests, deploys or starts them.',
      severity: 'error',
      from: { path: '^(packages|vector-clock-kv-store|smart-grid-load-balancer)/', pathNot: tests },
      to: { path: '^(container-test|deploy|playground|scripts|test)/' },
    },
    {
      name: 'product-needs-no-verification',
      comment:
        'The node runs, and its image builds, without the instruments that test it. Only the command line uses both.',
      severity: 'error',
      from: { path: store, pathNot: `${store}(verification/|commands/|client\\.ts$)` },
      to: { path: `${store}verification/` },
    },
    {
      name: 'pages-run-in-browsers',
      comment:
        'A live page imports only pure code, and types: no Node.js, no Express, and of ui-kit only what draws.',
      severity: 'error',
      from: {
        path: [`${store}(live-page|space-time)/`, `${grid}live_page/`, '^packages/ui-kit/src/api-page/'],
      },
      to: {
        pathNot: [
          `${store}(live-page|space-time|causality)/`,
          `${grid}live_page/`,
          '^packages/ui-kit/src/(live|api-page|style)/',
          '^packages/grid-protocol/src/live\\.ts$',
          `${grid}workload/accepted-load-bound\\.ts$`,
          `${store}live/node-view\\.ts$`,
          `${store}trace/event\\.ts$`,
          'node_modules/(preact|uplot)/',
        ],
      },
    },
    {
      name: 'only-browsers-run-pages',
      comment: 'A node names the entry file of its page to the bundler, and imports nothing of it.',
      severity: 'error',
      from: { path: [store, grid], pathNot: [tests, `${store}live-page/`, `${grid}live_page/`] },
      to: { path: [`${store}live-page/`, `${grid}live_page/`] },
    },
    {
      name: 'services-need-no-load-test',
      comment: 'The services run, and their images build, without the code that loads and simulates them.',
      severity: 'error',
      from: { path: `${grid}${services}/` },
      to: { path: `${grid}(load_tester|simulation|workload)/` },
    },
    {
      name: 'services-are-separate',
      comment: 'Services communicate over HTTP and share code only through packages.',
      severity: 'error',
      from: { path: `${grid}${services}/` },
      to: { path: `${grid}${services}/`, pathNot: `${grid}$1/` },
    },
    {
      name: 'load-test-is-outside',
      comment: 'The load tester uses the grid over HTTP, as any client does.',
      severity: 'error',
      from: { path: `${grid}(load_tester|workload)/` },
      to: { path: `${grid}${services}/` },
    },
    {
      name: 'packages-are-below',
      comment: 'A package is used by both systems and knows neither.',
      severity: 'error',
      from: { path: '^packages/', pathNot: tests },
      to: { pathNot: ['^packages/', 'node_modules/', '^node:'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'nothing-needs-tests',
      comment: 'Test code is imported by tests only.',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: tests },
    },
  ],
  options: {
    // TypeScript 7 has no JavaScript API; swc parses in its place.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // Built from the sources that the rules check.
    exclude: { path: '^packages/causal-store/dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
