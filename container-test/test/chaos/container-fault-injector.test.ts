import type { InjectedFault } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { StruckContainers } from '../../src/chaos/container-fault-injector.ts';

const id = 'c0ffee';

/** An engine with one container, that notes what it is told. */
async function containersOfFakeEngine(mayPause?: () => boolean) {
  const told: string[] = [];
  let restarts = 0;
  const docker = async (...args: string[]) => {
    if (args[0] !== 'inspect') told.push(args.join(' '));
    if (args[0] === 'exec') restarts += 1;
    const networks = { store: { Aliases: ['node1', id.slice(0, 4)] }, power: { Aliases: null } };
    const State = { Running: true, StartedAt: `life ${restarts}` };
    const container = { Id: id, Image: 'image', Config: {}, State, NetworkSettings: { Networks: networks } };
    return JSON.stringify([container]);
  };
  const project = { docker, containerOf: async () => id };
  let clock = 0;
  const now = () => (clock += 1);
  const options = { project, services: ['node1'], now };
  const containers = await StruckContainers.of(mayPause === undefined ? options : { ...options, mayPause });
  return { containers, told };
}

const strike = (kind: InjectedFault['kind']): InjectedFault => ({
  kind,
  atMs: 0,
  forMs: 1,
  nodes: ['node1'],
});

describe('containers under strikes', () => {
  it('are given their networks and their names there back', async () => {
    const { containers, told } = await containersOfFakeEngine();
    const cut = strike('disconnect');
    expect(await containers.begin(cut)).toBe(true);
    await containers.end(cut);
    expect(told).toEqual([
      'network disconnect store c0ffee',
      'network disconnect power c0ffee',
      'network connect --alias node1 store c0ffee',
      'network connect power c0ffee',
    ]);
  });

  it('are struck by one thing at a time', async () => {
    const { containers, told } = await containersOfFakeEngine();
    const [kill, pause] = [strike('kill'), strike('pause')];
    expect(await containers.begin(kill)).toBe(true);
    expect(await containers.begin(pause)).toBe(false);
    await containers.end(pause);
    await containers.end(kill);
    expect(await containers.begin(pause)).toBe(true);
    expect(told).toEqual(['kill c0ffee', 'start c0ffee', 'pause c0ffee']);
  });

  it('are not paused while something else may bring a process into them', async () => {
    const { containers, told } = await containersOfFakeEngine(() => false);
    expect(await containers.begin(strike('pause'))).toBe(false);
    expect(told).toEqual([]);
    expect(await containers.begin(strike('kill'))).toBe(true);
  });

  it('are put back as they were when a run breaks off', async () => {
    const { containers, told } = await containersOfFakeEngine();
    await containers.begin(strike('pause'));
    await containers.restore();
    expect(told.at(-1)).toBe('unpause c0ffee');
    expect(containers.isFree('node1')).toBe(true);
  });

  it('count as crashed once the engine has started them again by itself', async () => {
    const { containers, told } = await containersOfFakeEngine();
    const crash = strike('crash');
    expect(await containers.begin(crash)).toBe(true);
    await containers.end(crash);
    expect(told).toEqual(['exec --detach c0ffee sh -c kill -9 -1']);
  });

  it('tell when each blow was asked for, struck, and over', async () => {
    const { containers } = await containersOfFakeEngine();
    const kill = strike('kill');
    await containers.begin(kill);
    expect(containers.blows).toEqual([
      { service: 'node1', kind: 'kill', asked: 1, struck: 2, over: undefined },
    ]);
    await containers.end(kill);
    expect(containers.blows).toMatchObject([{ over: 3 }]);
  });
});
