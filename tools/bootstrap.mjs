// The first program of every npm script. Plain JavaScript for Node 20 without any package: it installs the packages when the
// lock file changed, builds, and then runs the command with the Node 24 that comes with the packages.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node24 = join(root, 'node_modules', 'node', 'bin', 'node');
const typescript = join(root, 'node_modules', 'ts7', 'bin', 'tsc');
const setpriv = '/usr/bin/setpriv';
const stamp = join(root, 'node_modules', '.adjoin-lock-sha256');

const commands = {
  demo: { entry: 'tools/demo/dist/main.js' },
  test: { entry: 'tools/stack/dist/test-main.js' },
  check: { entry: 'tools/stack/dist/test-main.js', args: ['--only', 'format,lint,types,unit'] },
  stack: { entry: 'tools/stack/dist/main.js' },
  bench: { entry: 'tools/bench/dist/main.js' },
  interop: { entry: 'tools/interop/dist/main.js' },
  faults: { entry: 'tools/faults/dist/main.js' },
  build: {},
};

/** The child that runs now; the signals this process gets are for it. */
let current;
let interrupted;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // Ctrl-C in a terminal reaches the whole process group, and npm sends it once more: each child must see it once only.
    if (interrupted !== undefined) return;
    interrupted = signal;
    current?.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  });
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs a program with our terminal and resolves to its exit code. */
function run(program, args, { quiet = false, ownGroup = false, env = process.env } = {}) {
  if (interrupted !== undefined) return Promise.resolve(exitCodeOf(interrupted));
  return new Promise((settle) => {
    const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit';
    const child = spawn(program, args, { cwd: root, stdio, detached: ownGroup, env });
    current = child;
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    child.once('error', (error) => {
      say(`${program} could not be started: ${error.message}`);
      settle(1);
    });
    child.once('close', (code, signal) => {
      current = undefined;
      const result = code ?? exitCodeOf(signal);
      if (quiet && result !== 0 && interrupted === undefined) say(output.trimEnd());
      settle(result);
    });
  });
}

function exitCodeOf(signal) {
  return { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 }[signal] ?? 1;
}

/** Runs the command itself: Ctrl-C reaches it once, through us, and it ends (in order) when we are killed. */
function runCommand(args) {
  const options = { ownGroup: true, env: environment() };
  if (!existsSync(setpriv)) return run(node24, args, options);
  return run(setpriv, ['--pdeathsig', 'TERM', '--', node24, ...args], options);
}

function environment() {
  const path = [
    join(root, 'node_modules', 'node', 'bin'),
    join(root, 'node_modules', '.bin'),
    process.env.PATH ?? '',
  ].join(':');
  // kafkajs passes negative timeouts to setTimeout, which Node 24 warns about; they are harmless.
  const flag = '--disable-warning=TimeoutNegativeWarning';
  const before = process.env.NODE_OPTIONS ?? '';
  return { ...process.env, PATH: path, NODE_OPTIONS: before.includes(flag) ? before : `${before} ${flag}`.trim() };
}

function requirePlatform() {
  if (process.platform === 'linux' && process.arch === 'x64') return;
  say(
    `Adjoin's local stack runs on Linux x86-64, this is ${process.platform} ${process.arch}. Use docker compose instead: docker compose up --build`,
  );
  process.exit(1);
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

async function install() {
  const wanted = lockHash();
  if (existsSync(node24) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (existsSync(node24) && process.env.ADJOIN_NO_INSTALL === '1') return; // the packages are somebody else's business
  const started = Date.now();
  say('installing packages (npm ci, about 350 MB, 40 s or more) ...');
  const code = await run('npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund'], { quiet: true });
  if (code !== 0) {
    say('npm ci failed: the packages could not be installed. Check the network and the npm registry, then try again.');
    process.exit(code);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  say(`installed packages in ${Math.round((Date.now() - started) / 1000)} s`);
}

async function build() {
  const started = Date.now();
  const code = await run(node24, [typescript, '-b', 'tsconfig.json']);
  if (code !== 0) {
    if (interrupted === undefined) say('the build failed, see the messages above');
    process.exit(code);
  }
  const seconds = (Date.now() - started) / 1000;
  if (seconds > 3) say(`built in ${Math.round(seconds)} s`);
}

async function main() {
  const [name, ...args] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (command === undefined) {
    say(`usage: node tools/bootstrap.mjs ${Object.keys(commands).join('|')} [arguments]`);
    return 2;
  }
  requirePlatform();
  const entry = join(root, command.entry ?? '');
  // Looking at a running stack and stopping it must work, and at once, whatever state the sources are in.
  const onlyLooks = name === 'stack' && args[0] !== 'up' && existsSync(entry) && existsSync(node24);
  if (!onlyLooks) {
    await install();
    await build();
  }
  if (command.entry === undefined) return 0;
  if (!existsSync(entry)) {
    say(`${name} is not part of this version: ${command.entry} does not exist`);
    return 1;
  }
  return runCommand([entry, ...(command.args ?? []), ...args]);
}

process.exitCode = await main();
