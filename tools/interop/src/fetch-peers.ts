import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Exact versions of everything that is fetched: programs of others for this test only, nothing of it is shipped. */
const PACKAGES = [
  'wcf==0.5.5',
  'pynettcp==0.1.0',
  'dotnetcore2==3.1.23',
  'distro==1.9.0',
  'pythonnet==3.0.5',
  'clr-loader==0.2.10',
  'cffi==2.1.1',
  'pycparser==3.12',
] as const;
/** .NET Core 3.1 wants OpenSSL 1.1 for random numbers, which systems of today do not have: this package carries it. */
const OPENSSL = 'psycopg2-binary==2.9.3';
const OPENSSL_PYTHON = '3.10';

export interface Fetched {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Installs the peers into a folder of the cache unless they are there. @throws Error that says what is missing. */
export async function fetchPeers(cacheFolder: string, report: (line: string) => void): Promise<Fetched> {
  const folder = join(cacheFolder, 'interop-peers-1');
  const python = 'python3';
  const libraries = join(folder, 'openssl');
  if (!existsSync(join(folder, 'complete'))) {
    report('fetching the peers with pip (about 40 MB)');
    const fresh = `${folder}.${String(process.pid)}`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { recursive: true });
    const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', '-q'];
    await run(python, [...pip, 'install', '--no-deps', '--target', fresh, ...PACKAGES]);
    const wheel = ['--no-deps', '--only-binary=:all:', '--platform=manylinux2014_x86_64'];
    const where = [`--python-version=${OPENSSL_PYTHON}`, '-d', join(fresh, 'wheels'), OPENSSL];
    await run(python, [...pip, 'download', ...wheel, ...where]);
    await run(python, ['-c', UNPACK, join(fresh, 'wheels'), join(fresh, 'openssl')]);
    await writeFile(join(fresh, 'complete'), PACKAGES.join('\n'));
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  }
  const env = {
    ...process.env,
    PYTHONPATH: folder,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONIOENCODING: 'utf-8',
    LD_LIBRARY_PATH: libraries,
  };
  return { python, env };
}

/** Takes libssl and libcrypto out of the package, under the name that .NET looks for. */
const UNPACK = `
import glob, os, sys, zipfile
source, target = sys.argv[1:]
os.makedirs(target)
with zipfile.ZipFile(glob.glob(os.path.join(source, '*.whl'))[0]) as archive:
    for name in archive.namelist():
        base = os.path.basename(name)
        if '.libs/' in name and base.startswith('lib'):
            with open(os.path.join(target, base), 'wb') as file:
                file.write(archive.read(name))
            if base.startswith('libssl'):
                os.symlink(base, os.path.join(target, 'libssl.so.1.1'))
`;

function run(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    child.once('error', () => reject(new Error(`${program} cannot be started; it is needed to fetch the peers.`)));
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ${args.slice(0, 6).join(' ')} … failed:\n${said.trim()}`)),
    );
  });
}
