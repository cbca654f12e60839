// The layers of ARCHITECTURE.md as rules. `npm run lint` refuses every import that breaks one; type imports count.

const store = '^vector-clock-kv-store/src/';
const grid = '^smart-grid-load-balancer/';
const services = '(charge_request_service|load_balancer|substation_service)';

/** Test folders, and test code beside them. */
const tests = '(^|/)test/';

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
      comment:
        'Storage keeps writes. It imports the causal core, its database, the file system and its metrics.',
      severity: 'error',
      from: { path: `${store}storage/` },
      to: {
        pathNot: [
          `${store}(causality|storage)/`,
          '^node:',
          '^(fs|fs/promises|path|os|util|events)$',
          'node_modules/(lmdb|fs-native-extensions|prom-client)/',
        ],
      },
    },
    {
      name: 'core-reaches-no-http',
      comment: 'The pure cores reach neither Express nor axios, not even through other files.',
      severity: 'error',
      from: {
        path: [
          `${store}(causality|storage)/`,
          `${grid}load_balancer/(fleet|policies|routing)/`,
          `${grid}substation_service/substation\\.ts$`,
          `${grid}workload/`,
          '^packages/simulation-kit/',
        ],
        pathNot: [tests, `${grid}workload/http-grid-client\\.ts$`],
      },
      to: { path: 'node_modules/(express|axios)/', reachable: true },
    },
    {
      name: 'product-needs-no-verification',
      comment:
        'The node runs, and its image builds, without the instruments that test it. Only the command line uses both.',
      severity: 'error',
      from: { path: store, pathNot: `${store}(verification/|client\\.ts$)` },
      to: { path: `${store}verification/` },
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
      comment: 'Services meet over HTTP. What they share is a package.',
      severity: 'error',
      from: { path: `${grid}${services}/` },
      to: { path: `${grid}${services}/`, pathNot: `${grid}$1/` },
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
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
