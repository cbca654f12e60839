export { type Hint, type Series, type Shade, TimeChart } from './time-chart.tsx';
