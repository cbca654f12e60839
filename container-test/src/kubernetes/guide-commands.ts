/** The README whose commands the part runs, relative to the repository's root. */
export const GUIDE = 'deploy/kubernetes/README.md';

/** A phrase of each of the README's commands, in their order there. */
const phrases = {
  build: 'docker compose --profile load build',
  load: 'kind load docker-image gridclock/',
  nameRegistry: 'REGISTRY=',
  pushImages: 'docker push',
  writeRegistry: 'sed -i',
  createNamespace: 'create namespace gridclock',
  restrictPods: 'pod-security.kubernetes.io/enforce=restricted',
  createClusterToken: 'create secret generic gridclock-cluster-token',
  createAdminToken: 'create secret generic gridclock-admin-token',
  apply: 'apply -k deploy/kubernetes/overlays/local',
  awaitStore: 'rollout status statefulset/store',
  awaitSubstations: 'rollout status statefulset/substation',
  awaitBalancer: 'rollout status deployment/load-balancer',
  awaitEntry: 'rollout status deployment/charge-request-service',
  forwardEntry: 'port-forward service/charge-request-service 8000',
  forwardStore: 'port-forward service/store 5000',
  startLoadTest: 'apply -k deploy/kubernetes/load-test',
  awaitLoadTest: 'wait --for=jsonpath',
  followLoadTest: 'logs -f job/load-tester',
  deleteLoadTest: 'delete -k deploy/kubernetes/load-test',
  replaceClusterToken: 'replace-cluster-token gridclock',
  makeCertificates: 'scripts/certificates make',
  createTlsSecrets: 'for name in store substation',
  applyTls: 'apply -k deploy/kubernetes/overlays/tls',
  addSubstations: 'scale statefulset/substation --replicas=6',
  addNode: 'scale statefulset/store --replicas=4',
  awaitAddedNode: 'rollout status statefulset/store',
  stopAddedNode: 'scale statefulset/store --replicas=3',
  awaitStopped: 'wait --for=delete',
  removeMember: 'method: "DELETE"',
  deleteMemberVolume: 'delete pvc data-store-3',
  admitMember: 'method: "POST"',
  deleteVolume: 'delete pvc data-store-1 --wait=false',
  deletePod: 'delete pod store-1',
  awaitReplacement: 'rollout status statefulset/store',
  applyMonitoring: 'apply -k deploy/kubernetes/overlays/monitoring',
  labelMonitoring: 'label servicemonitor,prometheusrule',
} as const;

export type GuideCommand = keyof typeof phrases;

/** Needs a registry, which the test does not have. */
export const notRun: readonly GuideCommand[] = ['nameRegistry', 'pushImages', 'writeRegistry'];

/**
 * Reads the commands of a README's `sh` blocks.
 *
 * @throws Error if they are not exactly the commands that the part knows, in the same order
 */
export function readGuideCommands(markdown: string): Record<GuideCommand, string> {
  const commands = [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
    splitCommands(block),
  );
  const names = Object.keys(phrases) as GuideCommand[];
  const differing = names.findIndex((name, index) => !commands[index]?.includes(phrases[name]));
  if (differing >= 0) {
    const name = names[differing] ?? '';
    throw new Error(
      `expected the command ${name} as number ${differing + 1} of ${GUIDE}, found: ${commands[differing]}`,
    );
  }
  const unknown = commands.slice(names.length);
  if (unknown.length > 0) throw new Error(`${GUIDE} has a command the test does not run: ${unknown[0]}`);
  return Object.fromEntries(names.map((name, index) => [name, commands[index]])) as Record<
    GuideCommand,
    string
  >;
}

/** Splits a script where a line ends outside quotes, loops and continuations. */
function splitCommands(script: string): string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of script.split('\n')) {
    open = open === '' ? line : `${open}\n${line}`;
    if (isComplete(open)) {
      if (open !== '') commands.push(open);
      open = '';
    }
  }
  return commands;
}

function isComplete(command: string): boolean {
  const quotes = command.split("'").length - 1;
  const inLoop = command.startsWith('for ') && !command.endsWith('done');
  return quotes % 2 === 0 && !command.endsWith('\\') && !inLoop;
}
