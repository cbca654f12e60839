import { execa } from 'execa';
import { auditVerdict } from './dependencies/audit-verdict.ts';

/** Fails on serious known vulnerabilities in production dependencies. Says so loudly if the registry does not answer. */
const { stdout } = await execa('npm', ['audit', '--json', '--omit=dev'], { reject: false, stderr: 'ignore' });
const verdict = auditVerdict(stdout);
if (verdict.kind === 'passed') {
  console.log(`npm audit: no serious vulnerability is known; ${verdict.minor} of low or moderate severity`);
} else if (verdict.kind === 'not-run') {
  console.log(`npm audit: NOT RUN, the registry gave no report (${verdict.reason})`);
} else {
  console.error(`npm audit: vulnerable: ${verdict.packages.join(', ')}. Update them, or see \`npm audit\`.`);
  process.exitCode = 1;
}
