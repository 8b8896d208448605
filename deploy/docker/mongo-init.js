// Once, when the database is made: the application's user, who may read and write its own database and nothing else.
const password = require("node:fs").readFileSync("/run/secrets/mongodb_password", "utf8");
db.getSiblingDB("dot_copilot").createUser({
  user: "dot_copilot",
  pwd: password,
  roles: [{ role: "readWrite", db: "dot_copilot" }],
});
