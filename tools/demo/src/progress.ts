/** Writes lines of progress with the seconds since the start to standard error; standard output is for the result. */
export type Report = (line: string) => void;

export function progressReporter(): Report {
  const started = performance.now();
  return (line) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
    process.stderr.write(`demo ${seconds} s | ${line}\n`);
  };
}
