// What the one executable runs first: its program, with what V8 had compiled of it when the build ran it once
// (bin/compile-by-running.mjs). Where V8 does not take that, or there is none, it compiles as it goes.
const { createRequire } = require('node:module');
const { getAssetKeys, getRawAsset } = require('node:sea');
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

/** Of eight bytes more, from where it lies as V8 wants it (bin/build-binary.mjs). */
function compiled() {
  if (!assets.has('main.compiled')) return undefined;
  const bytes = getRawAsset('main.compiled');
  return Buffer.from(bytes, Number(textOf('main.compiled-shift')), bytes.byteLength - 8);
}

const script = new Script(textOf('main.cjs'), { filename: 'parley', cachedData: compiled() });
script.runInThisContext()(load);
