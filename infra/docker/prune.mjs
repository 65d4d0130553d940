// Takes out of a deployed app what no container of ours can use: the other platforms' ONNX Runtime
// (240 of 290 MB), Prisma's compilers for other databases (55 MB), and our own sources and tests.
// Puts the migrations in, which lie outside of every package.
//   node infra/docker/prune.mjs <folder made by pnpm deploy>

import { existsSync } from "node:fs";
import { cp, readdir, readFile, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import process from "node:process";

const [folder] = process.argv.slice(2);
if (folder === undefined || !existsSync(join(folder, "package.json"))) {
  console.error("usage: node infra/docker/prune.mjs <folder made by pnpm deploy>");
  process.exit(2);
}
const out = resolve(folder);

async function bytesBelow(path) {
  let bytes = 0;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) bytes += await bytesBelow(inner);
    else if (entry.isFile()) bytes += (await stat(inner)).size;
  }
  return bytes;
}

/** Every package of the virtual store, as [name, folder]. */
async function* packages(store) {
  for (const entry of await readdir(store)) {
    const modules = join(store, entry, "node_modules");
    if (entry === "node_modules" || !existsSync(modules)) continue;
    for (const owner of await readdir(modules, { withFileTypes: true })) {
      if (owner.isSymbolicLink()) continue;
      const path = join(modules, owner.name);
      if (!owner.name.startsWith("@")) yield [owner.name, path];
      else
        for (const scoped of await readdir(path, { withFileTypes: true }))
          if (!scoped.isSymbolicLink())
            yield [`${owner.name}/${scoped.name}`, join(path, scoped.name)];
    }
  }
}

async function pruneOnnxRuntime(path) {
  for (const napi of await readdir(join(path, "bin")))
    for (const platform of await readdir(join(path, "bin", napi)))
      for (const arch of await readdir(join(path, "bin", napi, platform)))
        if (platform !== process.platform || arch !== process.arch)
          await rm(join(path, "bin", napi, platform, arch), { recursive: true });
}

/** Prisma's client carries a query compiler for each database, as WebAssembly: only one is used. */
async function prunePrisma(path) {
  const runtime = join(path, "runtime");
  for (const file of await readdir(runtime))
    if (file.startsWith("query_compiler_") && !file.includes(".postgresql."))
      await rm(join(runtime, file));
}

async function pruneOwn(path) {
  for (const name of await readdir(path))
    if (!["dist", "node_modules", "package.json", "python"].includes(name))
      await rm(join(path, name), { recursive: true });
}

/** packages/db looks for prisma/migrations three folders above its built files, here as there. */
async function addMigrations(path) {
  const prisma = join(path, "..", "..", "prisma");
  if (existsSync(prisma)) throw new Error(`${prisma} is taken: where should the migrations go?`);
  await cp(join(import.meta.dirname, "../../prisma/migrations"), join(prisma, "migrations"), {
    recursive: true,
  });
}

const before = await bytesBelow(out);
for await (const [name, path] of packages(join(out, "node_modules", ".pnpm"))) {
  if (name === "onnxruntime-node") await pruneOnnxRuntime(path);
  if (name === "@prisma/client") await prunePrisma(path);
  if (name.startsWith("@sweepyard/")) await pruneOwn(path);
  if (name === "@sweepyard/db") await addMigrations(path);
}
await pruneOwn(out);

const { name } = JSON.parse(await readFile(join(out, "package.json"), "utf8"));
const after = await bytesBelow(out);
const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
console.log(`${name}: ${megabytes(before)} pruned to ${megabytes(after)}`);
