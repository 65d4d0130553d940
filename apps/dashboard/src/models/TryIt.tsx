import type { ModelVersionView, ModelView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { datasetQuery } from "../api/queries.js";
import { TryModel } from "./TryModel.js";
import { TryRow } from "./TryRow.js";

/** A model of pictures is drawn for, and one of a table is given a row. */
export function TryIt(props: {
  readonly model: ModelView;
  readonly version: ModelVersionView | undefined;
}) {
  const { model, version } = props;
  const { name, version: number } = version?.dataset ?? { name: "", version: 0 };
  const { data: dataset } = useQuery({ ...datasetQuery(name, number), enabled: name !== "" });
  return dataset?.inputShape.length === 1 ? (
    <TryRow model={model} dataset={dataset} />
  ) : (
    <TryModel model={model} />
  );
}
