import { AppError, EXPORT_EXTENSIONS, type ExportFormat, type Id } from "@sweepyard/contract";
import { getArtifact } from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import type { RouteContext } from "../routeHandlers.js";
import { sendArtifact } from "../sendArtifact.js";
import { ensureExports } from "./exportModels.js";

interface Download {
  readonly runId: Id;
  readonly format: ExportFormat;
  /** Of the file, without its end. */
  readonly name: string;
}

/** Sends a run's model in a format; made now if it is not there yet. */
export async function downloadExport(
  deps: ApiDeps,
  { runId, format, name }: Download,
  { auth, res, signal }: RouteContext,
): Promise<undefined> {
  const { projectId } = auth;
  const wanted = { projectId, runId, formats: [format], measure: false };
  const found = (await ensureExports(deps, wanted, signal)).find((one) => one.format === format);
  if (found === undefined) throw new AppError("internal", `no ${format} file was made`);
  const artifact = await getArtifact(deps.db, projectId, found.artifactId);
  await sendArtifact(res, { ...artifact, fileName: `${name}${EXPORT_EXTENSIONS[format]}` });
  return undefined;
}
