/**
 * Prints how to use the suite that Compose has just started; Compose runs it once the services are healthy.
 * Node.js runs this file directly: use only erasable types, and no packages.
 */
import { composeSuite } from './compose-suite.ts';
import { formatGettingStarted } from './getting-started.ts';
import { waitForGrafana } from './wait-for-grafana.ts';

const grafana = await waitForGrafana('http://grafana:3000/api/health');
console.log(`\n${formatGettingStarted(composeSuite(process.env, grafana))}\n`);
