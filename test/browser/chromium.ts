/** Chromium out of a package: unpacked once an install, used by all test files. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Chromium {
  path: string;
  /** What its process needs in its environment on this machine. */
  env: Record<string, string>;
}

const packed = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))));
const { version } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8')) as { version: string };
const cache = join(packed, '..', '..', '.cache');
const unpacked = join(cache, `chromium-${version}`);

/** One typeface on every machine, for pages and for pictures of them; what it lacks comes from the machine's own. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(unpacked, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(unpacked, 'fonts-cache')}</cachedir>
  <match target="pattern">
    <test name="family" compare="eq"><string>system-ui</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Open Sans</string></edit>
  </match>
  <match target="pattern">
    <test name="family" compare="eq"><string>sans-serif</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Open Sans</string></edit>
  </match>
</fontconfig>
`;

/** Each unpacks into a folder of its own and moves it: nobody starts a file that another is still writing. */
async function unpack(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const own = mkdtempSync(join(cache, 'unpacking-'));
  // The package unpacks into the folder for temporary files, and looks it up at each call.
  const before = process.env.TMPDIR;
  process.env.TMPDIR = own;
  try {
    const { inflate } = await import('@sparticuz/chromium');
    await Promise.all(
      ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'].map((file) =>
        inflate(join(packed, 'bin', file)),
      ),
    );
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  writeFileSync(join(own, 'fonts.conf'), FONTS);
  try {
    renameSync(own, unpacked);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    // Another process was first.
    if (!existsSync(unpacked)) throw error;
  }
}

/** A machine without NSS (a bare Debian has none) takes the libraries that come with the package. */
function environmentFor(path: string): Record<string, string> {
  const env = { ...process.env, FONTCONFIG_FILE: join(unpacked, 'fonts.conf') } as Record<string, string>;
  try {
    execFileSync(path, ['--version'], { stdio: 'ignore' });
    return env;
  } catch {
    const own = join(unpacked, 'al2023', 'lib');
    return { ...env, LD_LIBRARY_PATH: [own, env.LD_LIBRARY_PATH].filter(Boolean).join(':') };
  }
}

/** `CHROMIUM_PATH` names another one: the package has none for macOS and Windows. */
export async function chromium(): Promise<Chromium> {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) return { path: chosen, env: process.env as Record<string, string> };
  if (!existsSync(unpacked)) await unpack();
  const path = join(unpacked, 'chromium');
  return { path, env: environmentFor(path) };
}
