// Loaded before Azurite (`node --require`). It makes the emulator start in a quarter of the time and keep what it
// has acknowledged.
//
// - Azurite loads `applicationinsights` (telemetry, which we switch off) and `sequelize` (its SQL store, which we do not
//   use): together three quarters of its start-up time. Neither is called, so neither is loaded.
// - Its index is written to disk every five seconds only: killed in between, it forgets uploads it has answered with
//   201. Here an operation that changes the index is answered when the index is on disk; operations that arrive while
//   it is being written share the next write. An index so large that writing takes longer than PATIENCE_MS is written
//   in the background instead.
"use strict";

const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const PATIENCE_MS = 250;
const UNUSED = new Set(["applicationinsights", "sequelize"]);
const inert = new Proxy({}, { get: (_, name) => (name === "__esModule" ? false : class {}) });
const load = Module._load;
Module._load = function (request, ...rest) {
  return UNUSED.has(request) ? inert : load.call(this, request, ...rest);
};

function saver(db) {
  let running = null;
  let next = null;
  let slow = false;
  const save = () => {
    const began = process.hrtime.bigint();
    running = new Promise((resolve, reject) => db.saveDatabase((error) => (error ? reject(error) : resolve()))).finally(() => {
      slow = Number(process.hrtime.bigint() - began) / 1e6 > PATIENCE_MS;
      running = null;
    });
    return running;
  };
  const after = () => {
    next = null;
    return save();
  };
  return () => {
    if (slow) return Promise.resolve();
    if (running === null) return save();
    next ??= running.then(after, after);
    return next;
  };
}

function keepWhatItSays(file, changes) {
  const store = require(path.join(__dirname, "node_modules/azurite/dist/src", file)).default.prototype;
  const savers = new WeakMap();
  for (const name of Object.getOwnPropertyNames(store).filter((one) => changes.test(one))) {
    const original = store[name];
    store[name] = async function (...args) {
      const answer = await original.apply(this, args);
      if (!savers.has(this)) savers.set(this, saver(this.db));
      await savers.get(this)();
      return answer;
    };
  }
}

keepWhatItSays("blob/persistence/LokiBlobMetadataStore.js", /^(set|create|delete|commit|stage|append|upload|start|copy|seal|clear)[A-Z]/);
keepWhatItSays("common/persistence/LokiExtentMetadataStore.js", /^(update|delete)[A-Z]/);

// The supervisor starts this process before the account's key is known, so that loading takes no time of its own. The
// rest of the environment arrives as a line of JSON; the end of the input means that nobody waits any more.
require(path.join(__dirname, "node_modules/azurite/dist/src/blob/BlobServerFactory.js"));
if (process.env.DOT_HELD === "1") {
  const line = readLine();
  if (line === "") process.exit(0);
  Object.assign(process.env, JSON.parse(line));
}

function readLine() {
  const chunks = [];
  const chunk = Buffer.alloc(4096);
  for (let size = 1; size > 0 && !chunks.at(-1)?.includes(10); ) {
    size = fs.readSync(0, chunk);
    chunks.push(Buffer.from(chunk.subarray(0, size)));
  }
  return Buffer.concat(chunks).toString().trim();
}
