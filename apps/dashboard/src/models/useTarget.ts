import type { ModelView } from "@sweepyard/contract";
import { useState } from "react";

/** Which alias or version of a model is tried, as the end of its name. */
export function useTarget(model: ModelView) {
  const aliases = model.versions.flatMap((version) => version.aliases);
  const [target, setTarget] = useState(
    aliases.includes("champion") ? "@champion" : `@${model.versions[0]?.version ?? 1}`,
  );
  const choices = [
    ...aliases.map((alias) => ({ value: `@${alias}`, label: alias })),
    ...model.versions.map(({ version }) => ({ value: `@${version}`, label: `version ${version}` })),
  ];
  return { target, setTarget, choices };
}
