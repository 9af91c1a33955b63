/** Prosody and ejabberd as Debian brings them, with rooms whose archive is an SQLite file, and WebSockets. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { XMPP_PASSWORD, xmppUser } from '../load/xmpp.ts';
import { Child } from '../process/child.ts';

const SERVER_CORE = 0;
const ROOMS = 'conference.localhost';
/** The name of ejabberd's process among all of Erlang's. */
const NODE = 'parley-bench@localhost';

export interface XmppServer {
  url: string;
  /** The domain of its rooms. */
  rooms: string;
  pid: number;
  stop(): Promise<void>;
}

/** Null where it is not installed. @param users how many may sign in */
export async function startProsody(folder: string, users: number): Promise<XmppServer | null> {
  const program = '/usr/bin/prosody';
  if (!existsSync(program)) return null;
  const port = await freePort();
  const accounts = join(folder, 'localhost', 'accounts');
  mkdirSync(accounts, { recursive: true });
  for (let place = 0; place < users; place += 1) {
    writeFileSync(join(accounts, `${xmppUser(place)}.dat`), `return { ["password"] = "${XMPP_PASSWORD}" };\n`);
  }
  const config = join(folder, 'prosody.cfg.lua');
  writeFileSync(config, prosodyConfig(folder, port));
  const child = new Child({ core: SERVER_CORE, program, args: ['-F', '--config', config] });
  await untilItListens(port);
  return { url: `http://127.0.0.1:${port}`, rooms: ROOMS, pid: child.pid, stop: () => child.stop() };
}

const prosodyConfig = (folder: string, port: number) => `
run_as_root = true
data_path = "${folder}"
pidfile = "${folder}/prosody.pid"
log = { { levels = { min = "error" }, to = "file", filename = "${folder}/prosody.log" } }
modules_enabled = { "saslauth", "websocket" }
modules_disabled = { "s2s" }
http_ports = { ${port} }
http_interfaces = { "127.0.0.1" }
https_ports = {}
c2s_ports = {}
s2s_ports = {}
consider_websocket_secure = true
allow_unencrypted_plain_auth = true
c2s_require_encryption = false
authentication = "internal_plain"
storage = { archive = "sql" }
sql = { driver = "SQLite3", database = "${folder}/archive.sqlite" }
VirtualHost "localhost"
Component "conference.localhost" "muc"
modules_enabled = { "muc_mam" }
muc_log_by_default = true
muc_room_locking = false
`;

/** Null where it is not installed. */
export async function startEjabberd(folder: string): Promise<XmppServer | null> {
  const program = '/usr/sbin/ejabberdctl';
  if (!existsSync(program)) return null;
  const port = await freePort();
  const config = join(folder, 'ejabberd.yml');
  writeFileSync(config, ejabberdConfig(folder, port));
  writeFileSync(join(folder, 'ctl.cfg'), `ERLANG_NODE=${NODE}\nINET_DIST_INTERFACE=127.0.0.1\n`);
  const places = ['--config', config, '--ctl-config', join(folder, 'ctl.cfg'), '--logs', folder, '--spool', folder];
  if (process.getuid?.() === 0) spawnSync('chown', ['-R', 'ejabberd', folder]);
  const child = new Child({ core: SERVER_CORE, program, args: [...places, 'foreground'] });
  // Its script starts it as a user of its own, and passes no signal on.
  const end = () => spawnSync('pkill', ['-f', NODE]);
  process.on('exit', end);
  await untilItListens(port);
  const stop = async () => {
    end();
    await child.stop();
  };
  return { url: `http://127.0.0.1:${port}`, rooms: ROOMS, pid: child.pid, stop };
}

const ejabberdConfig = (folder: string, port: number) => `
hosts: [localhost]
loglevel: error
auth_method: [anonymous]
anonymous_protocol: login_anon
sql_type: sqlite
sql_database: "${folder}/archive.sqlite"
new_sql_schema: false
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers:
      /xmpp-websocket: ejabberd_http_ws
modules:
  mod_mam:
    db_type: sql
    default: always
  mod_muc:
    host: conference.localhost
    default_room_options:
      mam: true
      moderated: false
`;

/** A port that nobody has: these servers cannot be asked for one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilItListens(port: number): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (answer !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it does not listen');
}
