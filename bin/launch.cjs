// What the one executable runs first: one of its programs (bin/two-programs.ts), with what V8 had compiled of it when the
// build ran it once (bin/compile-by-running.mjs). Where V8 does not take that, or there is none, it compiles as it goes.
const { createRequire } = require('node:module');
const { isIPv6 } = require('node:net');
const { getAssetKeys, getRawAsset } = require('node:sea');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

const assets = new Set(getAssetKeys());

// ASCII alone, as the bundler writes it: one byte a character, in memory too.
const textOf = (name) => Buffer.from(getRawAsset(name)).latin1Slice();

const ofRuntime = createRequire(process.execPath);
const packages = new Map();

/** A module of the runtime, the driver's addon, or a package that is a text of its own (bin/late-packages.ts). */
function load(name) {
  const asset = `packages/${name}.cjs`;
  if (!assets.has(asset)) return ofRuntime(name);
  let module = packages.get(name);
  if (module === undefined) {
    module = { exports: {} };
    new Script(textOf(asset), { filename: `parley/${name}` }).runInThisContext()(load, module);
    packages.set(name, module);
  }
  return module.exports;
}

const program = process.argv[2] === 'serve' ? 'server' : 'commands';

/** Of eight bytes more, from where it lies as V8 wants it (bin/build-binary.mjs). */
function compiled() {
  const asset = `${program}.compiled`;
  if (!assets.has(asset)) return undefined;
  const bytes = getRawAsset(asset);
  return Buffer.from(bytes, Number(textOf(`${asset}-shift`)), bytes.byteLength - 8);
}

// Who listens has the runtime look whether that is an address of IPv6, by a pattern that takes V8 14 ms to interpret and 6 to
// compile after all; at once, 5.
setFlagsFromString('--no-regexp-tier-up');
isIPv6('');
setFlagsFromString('--regexp-tier-up');

const script = new Script(textOf(`${program}.cjs`), { filename: 'parley', cachedData: compiled() });
script.runInThisContext()(load);
