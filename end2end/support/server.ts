/**
 * Real servers: the release, an embedded PostgreSQL of its own in a folder that goes away, the demo world, the development
 * mailbox. There is one for the whole run, and others with other settings for the tests that need them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Loading the demo world on a busy machine takes its time. */
const PATIENCE = 180_000;

/** A server that runs. */
export type Running = {
  url: string;
  /** Where it keeps what it has. */
  folder: string;
  /** What it has logged so far. */
  log: () => string;
  /** Stops it. Fails if it logged errors or did not stop when asked to. */
  stop: () => Promise<void>;
};

/** The server for the whole run. Playwright calls this before the first test and what it returns after the last. */
export default async function start(): Promise<(() => Promise<void>) | undefined> {
  // A server that is there already, see README.md: quicker while one works on a test.
  if (process.env['MAGENTIC_URL']) return undefined;
  const running = await launch('server', Number(process.env['MAGENTIC_PORT'] ?? 0));
  process.env['MAGENTIC_URL'] = running.url;
  process.env['MAGENTIC_DATA'] = running.folder;
  return running.stop;
}

/** Starts a server on a free port, with some settings of its own. Its log is named after it. */
export async function launch(name: string, wanted = 0, settings: Record<string, string> = {}): Promise<Running> {
  const program = binary();
  const port = await freePort(wanted);
  const url = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), 'magentic-e2e-'));
  // PostgreSQL does not run as root: its user must be able to pass through.
  chmodSync(folder, 0o711);
  mkdirSync('test-results', { recursive: true });
  const log = join('test-results', `${name}.log`);
  const out = openSync(log, 'w');

  const server = spawn(program, ['serve'], {
    cwd: folder,
    stdio: ['ignore', out, out],
    env: {
      ...inherited(),
      LISTEN: `127.0.0.1:${port}`,
      DATA_FOLDER: folder,
      DEMO: 'on',
      NO_COLOR: '1',
      // Each test comes from an address of its own, so that limits per address are its own as well.
      TRUSTED_PROXIES: '1',
      MAILBOX: 'open',
      ...settings,
    },
  });
  const forget = () => server.kill('SIGTERM');
  process.once('exit', forget);

  try {
    await ready(url, server);
  } catch (error) {
    await stop(server);
    throw new Error(`${String(error)}\n${tail(log)}`);
  }

  const end = async () => {
    process.off('exit', forget);
    const clean = await stop(server);
    rmSync(folder, { recursive: true, force: true });
    const faults = serious(log);
    if (faults.length > 0) throw new Error(`The server logged errors (${log}):\n${faults.join('\n')}`);
    if (!clean) throw new Error(`The server did not stop when asked to (${log}):\n${tail(log)}`);
  };
  return { url, folder, log: () => readFileSync(log, 'utf8'), stop: end };
}

/** The release, as `tools/build.sh` leaves it. */
function binary(): string {
  const program = process.env['MAGENTIC_BINARY'] ?? join(process.env['MAGENTIC_RELEASE'] ?? '', 'magentic');
  if (!existsSync(program)) throw new Error(`There is no release to test. Run tools/build.sh, and set MAGENTIC_BINARY to what it built.`);
  return program;
}

/** Our environment without what would configure the server. */
function inherited(): NodeJS.ProcessEnv {
  const theirs = /^(LISTEN|PUBLIC_URL|DATA|DEMO|SMTP|MAIL|S3|STRIPE|LOG|TRUSTED|METRICS|MAX_SOCKETS|SITE_FOLDER|MAGENTIC_CONFIG)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !theirs.test(name)));
}

async function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

async function ready(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}.`);
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The server was not ready in time.');
}

/** Asks the server to stop, and says whether it did so by itself. */
async function stop(server: ChildProcess): Promise<boolean> {
  if (server.exitCode !== null) return server.exitCode === 0;
  const ended = new Promise<boolean>((resolve) => server.once('exit', (code) => resolve(code === 0)));
  server.kill('SIGTERM');
  const late = setTimeout(() => server.kill('SIGKILL'), 40_000);
  const clean = await ended;
  clearTimeout(late);
  return clean;
}

function tail(log: string): string {
  return readFileSync(log, 'utf8').split('\n').slice(-30).join('\n');
}

/** What no test may cause: errors of the server's own, panics, and jobs that fail. */
function serious(log: string): string[] {
  return readFileSync(log, 'utf8').split('\n').filter((line) => /\bERROR\b|panicked|Failed task/.test(line));
}
