import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';

/** Records what this process does while it works and writes it as a `.cpuprofile`, which browsers' developer tools open. */
export function recordProfile<T>(
  folder: string,
  name: string,
  work: () => T,
): { readonly result: T; readonly file: string } {
  const session = new Session();
  session.connect();
  // In-process sessions answer before post returns.
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 500 });
  session.post('Profiler.start');
  const file = join(folder, `${name}.cpuprofile`);
  try {
    return { result: work(), file };
  } finally {
    session.post('Profiler.stop', (_error, answer) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, JSON.stringify(answer.profile));
    });
    session.disconnect();
  }
}
