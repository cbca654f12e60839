export { type Hint, type Series, TimeChart } from './time-chart.tsx';
