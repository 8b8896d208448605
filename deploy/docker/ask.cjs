// Asks a service whether it works: `node ask.cjs URL STATUS...` exits with 0 when the answer has one of the statuses.
"use strict";

const [url, ...statuses] = process.argv.slice(2);
const request = require("node:http").get(url, { timeout: 4000 }, (answer) => {
  answer.resume();
  process.exit(statuses.includes(String(answer.statusCode)) ? 0 : 1);
});
request.on("timeout", () => request.destroy(new Error("no answer in time")));
request.on("error", (error) => {
  process.stderr.write(`${url}: ${error.message}\n`);
  process.exit(1);
});
