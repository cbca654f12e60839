import type { InjectedFault } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { ContainerFaultInjector } from '../../src/chaos/container-fault-injector.ts';
import { containerJson } from '../support/container-json.ts';

const id = 'c0ffee';

/** An injector for a fake engine with one container, and the commands that the engine got. */
async function createInjector(mayPause: () => boolean = () => true) {
  const commands: string[] = [];
  let restarts = 0;
  const docker = async (...args: string[]) => {
    if (args[0] !== 'inspect') commands.push(args.join(' '));
    if (args[0] === 'exec') restarts += 1;
    const networks = { store: { aliases: ['node1', id.slice(0, 4)] }, power: { aliases: null } };
    return containerJson({ id, startedAt: restarts, networks });
  };
  const project = { docker, containerOf: async () => id };
  let clock = 0;
  const now = () => (clock += 1);
  const injector = await ContainerFaultInjector.create({ project, services: ['node1'], now, mayPause });
  return { injector, commands };
}

const fault = (kind: InjectedFault['kind']): InjectedFault => ({
  kind,
  atMs: 0,
  forMs: 1,
  nodes: ['node1'],
});

describe('ContainerFaultInjector', () => {
  it('restores networks and aliases after a disconnection', async () => {
    const { commands, injector } = await createInjector();
    const disconnect = fault('disconnect');
    expect(await injector.begin(disconnect)).toBe(true);
    await injector.end(disconnect);
    expect(commands).toEqual([
      'network disconnect store c0ffee',
      'network disconnect power c0ffee',
      'network connect --alias node1 store c0ffee',
      'network connect power c0ffee',
    ]);
  });

  it('moves a container to other addresses while another one occupies its own', async () => {
    const { commands, injector } = await createInjector();
    expect(await injector.begin(fault('readdress'))).toBe(true);
    const steps = commands.map((command) => command.split(' ').slice(0, 2).join(' '));
    const moved = ['network disconnect', 'run --detach', 'network connect', 'rm --force'];
    expect(steps).toEqual([...moved, ...moved]);
    expect(commands[1]).toContain('--network store');
    expect(commands[2]).toBe('network connect --alias node1 store c0ffee');
  });

  it('puts a proxy under the aliases of a container during a gray failure', async () => {
    const { commands, injector } = await createInjector();
    const gray = fault('gray');
    expect(await injector.begin(gray)).toBe(true);
    expect(commands.slice(0, 2)).toEqual(['network disconnect store c0ffee', 'network connect store c0ffee']);
    expect(commands[2]).toContain(
      '--network store --network-alias node1 --env TARGET=http://172.17.0.2:8001',
    );
    const before = commands.length;
    await injector.end(gray);
    const ended = commands.slice(before);
    expect(ended.filter((command) => command.startsWith('rm --force'))).toHaveLength(2);
    expect(ended).toContain('network connect --alias node1 store c0ffee');
  });

  it('injects at most one fault at a time', async () => {
    const { commands, injector } = await createInjector();
    const [kill, pause] = [fault('kill'), fault('pause')];
    expect(await injector.begin(kill)).toBe(true);
    expect(await injector.begin(pause)).toBe(false);
    await injector.end(pause);
    await injector.end(kill);
    expect(await injector.begin(pause)).toBe(true);
    expect(commands).toEqual(['kill c0ffee', 'start c0ffee', 'pause c0ffee']);
  });

  it('does not pause a container in which another process may be starting', async () => {
    const { commands, injector } = await createInjector(() => false);
    expect(await injector.begin(fault('pause'))).toBe(false);
    expect(commands).toEqual([]);
    expect(await injector.begin(fault('kill'))).toBe(true);
  });

  it('ends active faults after an aborted run', async () => {
    const { commands, injector } = await createInjector();
    await injector.begin(fault('pause'));
    await injector.endAll();
    expect(commands.at(-1)).toBe('unpause c0ffee');
    expect(injector.isAvailable('node1')).toBe(true);
  });

  it('completes a crash when the engine has restarted the container', async () => {
    const { commands, injector } = await createInjector();
    const crash = fault('crash');
    expect(await injector.begin(crash)).toBe(true);
    await injector.end(crash);
    expect(commands).toEqual(['exec --detach c0ffee sh -c kill -9 -1']);
  });

  it('records when each fault was requested, injected and ended', async () => {
    const { injector } = await createInjector();
    const kill = fault('kill');
    await injector.begin(kill);
    expect(injector.serviceFaults).toEqual([
      { service: 'node1', kind: 'kill', requestedAt: 1, injectedAt: 2, endedAt: undefined },
    ]);
    await injector.end(kill);
    expect(injector.serviceFaults).toMatchObject([{ endedAt: 3 }]);
  });
});
