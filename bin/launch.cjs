// What the one executable runs first: its program, with what V8 had compiled of it when the build ran it once
// (bin/compile-by-running.mjs). Where V8 does not take that, or there is none, it compiles as it goes.
const { createRequire } = require('node:module');
const { getAssetKeys, getRawAsset } = require('node:sea');
const { Script } = require('node:vm');

const bytesOf = (name) => (getAssetKeys().includes(name) ? Buffer.from(getRawAsset(name)) : undefined);

// ASCII alone, as the bundler writes it: one byte a character, in memory too.
const program = bytesOf('main.cjs').latin1Slice();
const script = new Script(program, { filename: 'parley', cachedData: bytesOf('main.compiled') });
script.runInThisContext()(createRequire(process.execPath));
