import { runService } from '@gridclock/service-kit';
import { createApp } from './app.ts';
import { alertReceiverVariables } from './config.ts';

await runService('alert_receiver', alertReceiverVariables, ({ config, logger, registry }) => ({
  app: createApp({ logger, registry }),
  port: config.PORT,
}));
