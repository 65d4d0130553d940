import type { ModelSummary } from "@sweepyard/contract";
import { formatCount, formatNumber } from "../format/formatNumber.js";
import { Scroll } from "../shell/Scroll.js";

/** A model layer by layer, as Keras' summary() lists it. */
export function ModelLayers({ model }: { readonly model: ModelSummary }) {
  return (
    <Scroll label="layers">
      <table className="data">
        <thead>
          <tr>
            <th scope="col">layer</th>
            <th scope="col">kind</th>
            <th scope="col" className="number">
              output shape
            </th>
            <th scope="col" className="number">
              weights
            </th>
          </tr>
        </thead>
        <tbody>
          {model.layers.map(({ name, className, outputShape, params }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{className}</td>
              <td className="number">{outputShape.join(" × ")}</td>
              <td className="number">{formatCount(params)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="dimmed" style={{ margin: "6px 0 0" }}>
        Input {model.inputShape.join(" × ")}. {formatCount(model.params)} weights
        {model.trainableParams === model.params
          ? ""
          : `, ${formatCount(model.trainableParams)} of them trained`}
        , {formatNumber(model.flops)} FLOPs a row.
      </p>
    </Scroll>
  );
}
