// SPDX-License-Identifier: Apache-2.0
/** What `deploy/` names exists: flags, paths, variables, hosts, ports. It needs no container engine: the image's own steps run by hand. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Flags } from '@notary/cli';
import { parseGoFlags } from '@notary/cli/go-flag';
import { readServerConfig } from '@notary/notary-server';
import { passphraseFromEnvironment, readSignerConfig } from '@notary/notary-signer';
import { createSettings } from '@notary/service/settings';
import { builtExecutable, repositoryRoot, startProcess } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { STOP_GRACE_MS } from '../../../packages/service/src/limits.ts';
import { bunExecutable } from '../../../scripts/build.mjs';
import { serveFlags as signerFlags } from '../../notary-signer/src/flags.ts';
import { serveFlags as serverFlags } from '../src/flags.ts';

const deploy = join(repositoryRoot(), 'deploy');
const text = (name: string): string => readFileSync(join(deploy, name), 'utf8');
const flagsOf: Readonly<Record<string, Flags>> = { 'notary-server': serverFlags, 'notary-signer': signerFlags };

interface Service {
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly args: { readonly PROGRAM: string } };
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly configs?: readonly { readonly source: string }[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly networks: readonly string[];
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ulimits?: Readonly<Record<string, number>>;
  readonly tmpfs?: readonly string[];
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly configs: Readonly<Record<string, unknown>>;
}

/** By the YAML parser of the runtime that the executables are compiled with: Node has none. */
function parseYaml(name: string): Compose {
  const script = 'console.log(JSON.stringify(Bun.YAML.parse(await Bun.file(process.argv[1]).text())))';
  return JSON.parse(execFileSync(bunExecutable(), ['-e', script, join(deploy, name)], { encoding: 'utf8' })) as Compose;
}

/** Longest time that a server gives to requests in flight; a signer gives less. */
const GRACE_S = STOP_GRACE_MS / 1000;
const seconds = (unit: string, setting: string): number => Number(new RegExp(`^${setting}=(\\d+)$`, 'm').exec(unit)?.[1]);

const compose = parseYaml('compose.yaml');
const services = Object.entries(compose.services);
const ours = services.filter(([, s]) => s.build !== undefined);
const hosts = Object.keys(compose.services);
const variables = (s: Service) => ({
  get: (name: string) => s.environment?.[name]?.replaceAll(/\$\{(\w+):\?\}/g, 'a secret of $1').replaceAll(' ', '-'),
});

/** Files that a service sees: path in the container to path here. */
const mounts = (s: Service): [string, string][] =>
  (s.volumes ?? []).map((v) => {
    const [from = '', to = ''] = v.split(':');
    return [to, from.startsWith('.') ? resolve(deploy, from) : from];
  });

/** What `gen-certs` writes below `deploy/certs`. */
const CERTIFICATES = ['ca', 'server', 'signer'].flatMap((n) => [`${n}.crt`, `${n}.key`]);

function checkNamedFile(s: Service, path: string): void {
  const mount = mounts(s).find(([to]) => to === path || dirname(path) === to);
  expect([path, mount]).not.toEqual([path, undefined]);
  if (dirname(path) === mount?.[0]) expect(CERTIFICATES).toContain(basename(path));
}

describe('compose.yaml', () => {
  it('names services, networks, volumes and configs that it has', () => {
    expect(services.length).toBeGreaterThan(3);
    for (const [, s] of services) {
      for (const name of Object.keys(s.depends_on ?? {})) expect(hosts).toContain(name);
      for (const name of s.networks) expect(Object.keys(compose.networks)).toContain(name);
      for (const { source } of s.configs ?? []) expect(Object.keys(compose.configs)).toContain(source);
      for (const [, from] of mounts(s)) {
        if (!from.startsWith('/')) expect(Object.keys(compose.volumes)).toContain(from);
        else if (basename(from) !== 'certs') expect([from, existsSync(from)]).toEqual([from, true]);
      }
    }
  });

  it.each(ours)('starts %s with flags and a configuration that its program takes', (_, s) => {
    const program = s.build?.args.PROGRAM ?? '';
    const context = resolve(deploy, s.build?.context ?? '');
    expect(context).toBe(resolve(repositoryRoot()));
    expect(existsSync(join(context, s.build?.dockerfile ?? ''))).toBe(true);
    const parsed = parseGoFlags(flagsOf[program] ?? {}, s.command ?? []);
    expect(parsed).toMatchObject({ kind: 'parsed', args: [] });
    const file = (parsed as unknown as { options: { config: string } }).options.config;
    const json = JSON.parse(readFileSync(new Map(mounts(s)).get(file) ?? '', 'utf8')) as unknown;
    const inContainer = (name: string) => resolve(dirname(file), name);
    const url = `postgres://notary:a-secret-of-POSTGRES_PASSWORD@database:5432/`;
    if (program === 'notary-server') {
      const config = readServerConfig(createSettings(json, variables(s), 'NOTARY_SERVER'), inContainer);
      expect(config.warnings).toEqual([]);
      expect(config.storage).toEqual({ backend: 'postgres', source: `${url}server?sslmode=disable` });
      const { trust } = config;
      if (trust.type !== 'remote') throw new TypeError('the signer is a service of its own');
      expect(hosts).toContain(trust.hostname);
      for (const path of [config.tls?.cert, config.tls?.key, trust.ca, trust.cert, trust.key]) checkNamedFile(s, path as string);
      for (const port of s.ports ?? []) expect(port.split(':').at(-1)).toBe(String(config.listen.port));
      const signer = compose.services[trust.hostname] as Service;
      const theirs = JSON.parse(readFileSync(mounts(signer)[0]?.[1] as string, 'utf8')) as { server: { grpc_addr: string } };
      expect(theirs.server.grpc_addr).toBe(`:${trust.port}`);
      expect(signer.networks.some((n) => s.networks.includes(n))).toBe(true);
    } else {
      const config = readSignerConfig(createSettings(json, variables(s), 'NOTARY_SIGNER'), inContainer, 'none');
      expect(config.warnings).toEqual([]);
      expect(config.storage).toMatchObject({ backend: 'postgres', source: `${url}signer?sslmode=disable` });
      for (const path of [config.tls?.cert, config.tls?.key, config.tls?.clientCa]) checkNamedFile(s, path as string);
      const alias = (config.storage as { defaultAlias: string }).defaultAlias;
      expect(passphraseFromEnvironment(variables(s))(alias)?.reveal()).toBe('a-secret-of-NOTARY_SIGNER_MAIN');
    }
  });

  it.each(ours)('lets %s do nothing but its work, and end what it has begun', (_, s) => {
    expect(s).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], ulimits: { core: 0 } });
    // The image declares a volume there, and each container would get one of its own.
    expect(s.tmpfs).toEqual([of('VOLUME')[0]]);
    expect(Number.parseInt(s.stop_grace_period ?? '', 10)).toBeGreaterThan(GRACE_S);
  });

  it('waits for the database that the servers use, by TCP: its socket answers while it is still being set up', () => {
    const { environment, healthcheck } = compose.services['database'] as Service;
    const { POSTGRES_USER: user, POSTGRES_DB: name } = environment ?? {};
    expect(healthcheck?.test).toEqual(['CMD', 'pg_isready', '-h', '127.0.0.1', '-U', user, '-d', name]);
  });

  it('keeps what it makes out of the repository, and the key of the authority out of the containers', () => {
    const source = text('compose.yaml');
    const ignored = text('.gitignore').split('\n');
    expect(source).toContain('mv deploy/certs/ca.key deploy/ ');
    for (const path of ['/certs/', '/ca.key', '/.env']) expect(ignored).toContain(path);
    expect(source).toMatch(/\(umask 077; .* > deploy\/\.env\)/);
  });

  it('asks for certificates of the hosts that it has, and for every secret that it uses', () => {
    const source = text('compose.yaml');
    const certified = /-hosts (\S+)/.exec(source)?.[1]?.split(',') ?? [];
    expect(certified).toEqual(expect.arrayContaining(['signer', 'localhost', '127.0.0.1']));
    const written = /printf '([^']*)'/.exec(source)?.[1] ?? '';
    const used = new Set([...source.matchAll(/\$\{(\w+):\?\}/g)].map((m) => m[1] as string));
    for (const name of used) expect(written).toContain(`${name}=`);
  });
});

describe('systemd units', () => {
  it.each(['notary-server', 'notary-signer'])('start %s with flags that it has, from where the README installs it', (program) => {
    const unit = text(`${program}.service`);
    const [file = '', ...words] = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? [];
    expect(file).toBe(`/usr/bin/${program}`);
    expect(parseGoFlags(flagsOf[program] ?? {}, words)).toMatchObject({ kind: 'parsed', args: [] });
    expect(text('README.md')).toMatch(new RegExp(`install -o root -g root -m 0711 .*dist/bin/${program}.* /usr/bin/\n`));
    for (const line of ['LimitCORE=0', 'CoredumpFilter=0', 'MemorySwapMax=0', 'DynamicUser=yes']) expect(unit.split('\n')).toContain(line);
    // systemd gives up on what starts more than five times in ten seconds: a database may be away for longer.
    expect(5 * seconds(unit, 'RestartSec')).toBeGreaterThan(10);
    expect(seconds(unit, 'TimeoutStopSec')).toBeGreaterThan(GRACE_S);
    expect(unit).not.toMatch(/^MemoryDenyWriteExecute/m); // the compiler of the runtime needs such memory
  });

  it.each(['server', 'signer'])('let the user of the %s read its certificates, which nobody else does', (name) => {
    const readme = text('README.md');
    const user = `notary-${name}`;
    expect(readme).toMatch(new RegExp(`^useradd --system .* ${user}$`, 'm'));
    expect(readme).toContain(`install -d -o root -g ${user} -m 0750 /etc/notary/${name}\n`);
    const files = ['ca.crt', `${name}.crt`, `${name}.key`].map((file) => `certs/${file}`).join(' ');
    expect(readme).toContain(`install -o root -g ${user} -m 0640 ${files} /etc/notary/${name}/\n`);
    // A dynamic user takes the name of its unit, and with it a user of that name.
    expect(text(`${user}.service`)).not.toMatch(/^(User|Group)=/m);
  });
});

interface Step {
  readonly name: string;
  readonly rest: string;
}
const steps: Step[] = text('Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => ({ name: line.split(' ')[0] as string, rest: line.slice(line.indexOf(' ') + 1) }));
const of = (name: string): string[] => steps.filter((s) => s.name === name).map((s) => s.rest);

const signer = builtExecutable('notary-signer');
const mayBecomeNobody = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/sbin/chroot');
describe.skipIf(signer === undefined || !mayBecomeNobody)('a signer run by a user of its own', () => {
  it.each([
    [0o755, true],
    [0o711, false],
  ])('from an executable of mode %o: others of that user read its environment: %s, which it says', async (mode, readable) => {
    const folder = mkdtempSync(join(tmpdir(), 'notary-modes-'));
    try {
      chmodSync(folder, 0o755);
      const program = join(folder, 'notary-signer');
      const config = join(folder, 'signer.json');
      cpSync(signer as string, program);
      chmodSync(program, mode);
      writeFileSync(config, JSON.stringify({ server: { grpc_addr: '127.0.0.1:0' }, storage: { backend: 'memory' } }), { mode: 0o644 });
      const asNobody = ['--userspec=65534:65534', '/'];
      const call = [...asNobody, program, '-config', config, '-unsafe-plaintext'];
      const running = await startProcess('/usr/sbin/chroot', call, { ready: /keys in/ });
      const look = spawnSync('/usr/sbin/chroot', [...asNobody, 'head', '-c1', `/proc/${running.pid}/environ`]);
      await running.stop();
      expect(look.status === 0).toBe(readable);
      expect(running.output().includes('other processes of this user can read its memory')).toBe(readable);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('Dockerfile', () => {
  it('has steps of known kinds, and keeps data where the program looks for it', () => {
    const known = ['FROM', 'RUN', 'ARG', 'COPY', 'USER', 'WORKDIR', 'VOLUME', 'ENV', 'STOPSIGNAL', 'ENTRYPOINT'];
    for (const { name } of steps) expect(known).toContain(name);
    const home = of('WORKDIR')[0] as string;
    expect([of('VOLUME')[0], of('ENV')[0]]).toEqual([home, `STATE_DIRECTORY=${home}`]);
    const [setup = ''] = of('RUN');
    expect(setup).toContain(`useradd --uid ${of('USER')[0]} `);
    expect(setup).toContain(`install -d -o notary -g notary -m 0700 ${home}`);
    const ignored = join(repositoryRoot(), '.dockerignore');
    if (existsSync(ignored)) expect(readFileSync(ignored, 'utf8')).not.toMatch(/^dist\b/m);
  });

  const programs = ['notary-server', 'notary-signer'].filter((p) => builtExecutable(p) !== undefined);
  it.skipIf(process.platform !== 'linux').each(programs)('makes an image whose entry is %s, by its own steps', (program) => {
    const image = mkdtempSync(join(tmpdir(), 'notary-image-'));
    try {
      mkdirSync(join(image, 'usr/bin'), { recursive: true });
      const here = (line: string) => line.replace(/\$\{PROGRAM\}/g, program).replaceAll('/usr/bin/', `${image}/usr/bin/`);
      const [, mode = '', source = '', target = ''] = /^--chmod=(\d+) (\S+) (\S+)$/.exec(here(of('COPY')[0] as string)) ?? [];
      cpSync(join(repositoryRoot(), source), target);
      chmodSync(target, Number.parseInt(mode, 8));
      expect(statSync(target).mode & 0o777).toBe(0o711);
      execFileSync('/bin/sh', ['-c', here(of('RUN')[1] as string)]);
      expect(readdirSync(join(image, 'usr/bin')).sort()).toEqual(['notary-program', program].sort());
      const [entry = ''] = JSON.parse(here(of('ENTRYPOINT')[0] as string)) as string[];
      expect(spawnSync(entry, ['-version'], { encoding: 'utf8' }).stdout).toMatch(new RegExp(`^${program} Version: `));
    } finally {
      rmSync(image, { recursive: true, force: true });
    }
  });
});
