import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

// Makes src/generated from prisma/schema.prisma, without the network. Prisma looks for its schema
// engine before it generates, and would download one; generating needs none, so it is told that it
// has one already. Nothing is done when src/generated is of this very schema.
const require = createRequire(import.meta.url);
const schema = fileURLToPath(new URL("../../../prisma/schema.prisma", import.meta.url));
const stamp = fileURLToPath(new URL("../src/generated/schema.sha256", import.meta.url));

const { version } = require("prisma/package.json");
const wanted = createHash("sha256").update(version).update(readFileSync(schema)).digest("hex");
if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) process.exit(0);

const { status, error } = spawnSync(
  process.execPath,
  [require.resolve("prisma/build/index.js"), "generate", "--schema", schema, "--no-hints"],
  {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
    stdio: "inherit",
  },
);
if (error) throw error;
if (status === 0) writeFileSync(stamp, wanted);
process.exit(status ?? 1);
