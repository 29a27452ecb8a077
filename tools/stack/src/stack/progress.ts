import type { CrashReport } from '../process/managed-process.js';

/** Writes prefixed lines of progress with the seconds since the start to standard error, so that standard output stays for results. */
export function progressReporter(): (line: string) => void {
  const started = performance.now();
  return (line) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
    process.stderr.write(`stack ${seconds} s | ${line}\n`);
  };
}

/** Reports a process that ended by itself, with its last log lines. */
export function crashReporter(report: (line: string) => void): (crash: CrashReport) => void {
  return ({ name, exit, lastLines }) => {
    report(
      `${name} ended by itself (${exit}); it is not restarted (node tools/bootstrap.mjs stack restart ${name}). Its last lines:`,
    );
    for (const line of lastLines) report(`  ${name} | ${line}`);
  };
}
