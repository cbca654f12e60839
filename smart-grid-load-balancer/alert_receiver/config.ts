import { portVariable } from '@gridclock/service-kit';

/** The alert receiver's environment variables. */
export const alertReceiverVariables = {
  PORT: portVariable().default(9095),
};
