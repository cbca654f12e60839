export { realScheduler } from '@gridclock/service-kit';
