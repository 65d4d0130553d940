import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

/** The first Python of BENCH_PYTHON (a list like PATH), else of bench/.venv or the PATH, that has the module. */
export function pythonWith(module) {
  const venv = fileURLToPath(new URL(".venv/bin/python", import.meta.url));
  const named = process.env.BENCH_PYTHON?.split(delimiter).filter(Boolean) ?? [];
  const candidates = [...named, ...(existsSync(venv) ? [venv] : []), "python3"];
  const find = ["-c", `import importlib.util as u; exit(u.find_spec("${module}") is None)`];
  return candidates.find((path) => spawnSync(path, find).status === 0) ?? candidates.at(0);
}
