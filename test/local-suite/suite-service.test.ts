import type { LocalService } from '@gridclock/local-service';
import type { ControlAction } from '@gridclock/ui-kit/live/states';
import { describe, expect, it } from 'vitest';
import { SuiteService } from '../../scripts/local-suite/suite-service.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A service whose processes are objects. They exit when they are killed, and are ready at once. */
function createService() {
  const processes: { signals: string[]; exit: (signal: string) => void }[] = [];
  const unexpected: string[] = [];
  const service = new SuiteService(
    { name: 'node1', job: 'store', entryFile: 'node.ts', port: 1, environment: {} },
    {
      onLine: () => {},
      onUnexpectedExit: (reason) => unexpected.push(reason),
      startProcess: ({ name, port }): LocalService => {
        const signals: string[] = [];
        let exit = (_signal: string) => {};
        const exited = new Promise<{ exitCode: undefined; signal: string }>((resolve) => {
          exit = (signal) => resolve({ exitCode: undefined, signal });
        });
        processes.push({ signals, exit });
        const signal = (name: string) => {
          signals.push(name);
          if (name === 'SIGKILL') exit(name);
        };
        const stop = async () => signal('SIGKILL');
        return { name, port, url: '', pid: 1, exited, ready: async () => {}, signal, stop };
      },
    },
  );
  const act = async (action: ControlAction) => {
    service.act(action);
    await settle();
    return service.state;
  };
  return { act, processes, service, unexpected };
}

describe('SuiteService', () => {
  it('kills its process and starts another', async () => {
    const { act, processes, service, unexpected } = createService();
    await service.start();
    expect(await act('kill')).toBe('stopped');
    expect(await act('restart')).toBe('running');
    expect(processes).toHaveLength(2);
    expect(unexpected).toEqual([]);
  });

  it('pauses and resumes its process', async () => {
    const { act, processes, service } = createService();
    await service.start();
    expect(await act('pause')).toBe('paused');
    expect(await act('resume')).toBe('running');
    expect(processes[0]?.signals).toEqual(['SIGSTOP', 'SIGCONT']);
  });

  it('restarts a process that runs or is paused', async () => {
    const { act, processes, service } = createService();
    await service.start();
    await act('pause');
    expect(await act('restart')).toBe('running');
    expect(await act('restart')).toBe('running');
    expect(processes.map(({ signals }) => signals.at(-1))).toEqual(['SIGKILL', 'SIGKILL', undefined]);
  });

  it('refuses what its state does not allow', async () => {
    const { act, service } = createService();
    await service.start();
    await act('kill');
    for (const action of ['kill', 'pause', 'resume'] as const)
      expect(() => service.act(action)).toThrow(`node1 is stopped: ${action} is not possible`);
    service.act('restart');
    expect(() => service.act('restart')).toThrow('node1 is starting');
  });

  it('reports an exit that nobody asked for, and can start again', async () => {
    const { act, processes, service, unexpected } = createService();
    await service.start();
    processes[0]?.exit('SIGSEGV');
    await settle();
    expect([service.state, unexpected]).toEqual(['stopped', ['SIGSEGV']]);
    expect(await act('restart')).toBe('running');
  });

  it('starts nothing once the suite stops', async () => {
    const { processes, service } = createService();
    await service.start();
    service.act('restart');
    await service.stop();
    await settle();
    expect(processes).toHaveLength(1);
    expect(() => service.act('restart')).toThrow();
  });
});
