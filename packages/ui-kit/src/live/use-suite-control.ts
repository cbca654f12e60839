import { useCallback, useEffect, useState } from 'preact/hooks';
import { send } from './connection.ts';
import type { ControlAction, ControlledService, ServiceState } from './controlled-service.ts';

/** 1 s: how soon a page shows that a process has ended. */
const INTERVAL_MS = 1_000;

/** What a page can do to the processes of its suite; nothing where no runner offers it, as in containers. */
export type SuiteControls = {
  states: ReadonlyMap<string, ServiceState>;
  act: (name: string, action: ControlAction) => void;
  /** Why the last action failed. */
  problem: string | undefined;
};

/** Follows the processes that this page may control. Where there are none, it asks once. */
export function useSuiteControl(): SuiteControls {
  const [states, setStates] = useState<ReadonlyMap<string, ServiceState>>(new Map());
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const read = async () => {
      const services = await readServices();
      if (isOver || services?.length === 0) return;
      if (services !== undefined) setStates(new Map(services.map(({ name, state }) => [name, state])));
      timer = setTimeout(() => void read(), INTERVAL_MS);
    };
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, []);

  const act = useCallback((name: string, action: ControlAction) => {
    void (async () => {
      setProblem(await request(name, action));
      const services = await readServices();
      if (services !== undefined) setStates(new Map(services.map((each) => [each.name, each.state])));
    })();
  }, []);

  return { states, act, problem };
}

/** Returns undefined if the service does not respond. */
async function readServices(): Promise<ControlledService[] | undefined> {
  const { data } = await send('GET', 'ui/control').catch(() => ({ data: undefined }));
  const { services }: { services?: ControlledService[] } = typeof data === 'object' && data ? data : {};
  return services;
}

/** Returns why it failed. Without a response, the page's own service may just have been restarted. */
async function request(name: string, action: ControlAction): Promise<string | undefined> {
  const result = await send('POST', 'ui/control', { name, action }).catch(() => undefined);
  if (result === undefined || result.status < 300) return undefined;
  const { error, reason }: { error?: string; reason?: string } =
    typeof result.data === 'object' && result.data ? result.data : {};
  return reason ?? error ?? `Status ${result.status}`;
}
