import type { RunView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { runModelQuery } from "../api/queries.js";
import { formatCount } from "../format/formatNumber.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { ModelLayers } from "./ModelLayers.js";

/** The run's network; runs of other programs tell of none. */
export function ModelPanel({ run }: { readonly run: RunView }) {
  const query = useQuery({ ...runModelQuery(run.id), enabled: run.plan !== null });
  if (run.plan === null) return null;
  return (
    <Panel
      title="Model"
      scope={query.data === undefined ? undefined : `${formatCount(query.data.params)} weights`}
    >
      <Answer query={query} height={120}>
        {(model) => <ModelLayers model={model} />}
      </Answer>
    </Panel>
  );
}
