import { Alert, Button } from "@mantine/core";
import type { FieldError, SweepPreview } from "@sweepyard/contract";
import { IconPlayerPlay } from "@tabler/icons-react";
import { formatParamIn, paramNotation } from "../format/columnNotation.js";
import { formatCount, formatCounted } from "../format/formatNumber.js";
import { ModelLayers } from "../run/ModelLayers.js";
import { Panel } from "../shell/Panel.js";
import { costText } from "./costText.js";
import styles from "./NewSweepPage.module.css";
import type { SweepForm } from "./useSweepForm.js";

/** What submitting would do: how many runs, which first, how large, how long. */
export function PreviewPanel(props: {
  readonly form: SweepForm;
  readonly onSubmit: () => void;
  readonly isSubmitting: boolean;
  readonly failure: Error | null;
}) {
  const { form, failure } = props;
  const { preview, errors } = form;
  const unreachable = errors.length === 0 ? preview.error : null;
  return (
    <Panel
      title="Preview"
      scope={form.isBehind && errors.length === 0 ? "working it out…" : undefined}
    >
      {errors.length > 0 ? <Errors errors={errors} /> : null}
      {unreachable === null ? null : <Alert color="red">{unreachable.message}</Alert>}
      {errors.length === 0 && preview.data !== undefined ? (
        <div className={form.isBehind ? styles.behind : undefined}>
          <Figures preview={preview.data} />
          <Samples preview={preview.data} />
          {preview.data.model === null ? null : (
            <details className={styles.more}>
              <summary>layers of the first model</summary>
              <ModelLayers model={preview.data.model} />
            </details>
          )}
        </div>
      ) : null}
      {failure === null ? null : (
        <Alert color="red" mt={8}>
          {failure.message}
        </Alert>
      )}
      <Button
        mt={10}
        fullWidth
        leftSection={<IconPlayerPlay size={15} />}
        disabled={errors.length > 0}
        loading={props.isSubmitting}
        onClick={props.onSubmit}
      >
        Submit the sweep
      </Button>
    </Panel>
  );
}

const Errors = ({ errors }: { readonly errors: readonly FieldError[] }) => (
  <Alert color="red" variant="light" title="Not yet a sweep" role="status">
    <ul className={styles.errors}>
      {errors.map(({ path, rule, message }) => (
        <li key={`${path} ${rule} ${message}`}>
          {path === "" ? null : <code>{path}</code>} {message}
        </li>
      ))}
    </ul>
  </Alert>
);

function Figures({ preview }: { readonly preview: SweepPreview }) {
  const { points, plannedRuns, modelParams, cost, promotion } = preview;
  return (
    <dl className={styles.figures}>
      <div>
        <dt>points of the space</dt>
        <dd>{points === null ? "infinitely many" : formatCount(points)}</dd>
      </div>
      <div>
        <dt>runs</dt>
        <dd>{plannedRuns === null ? "to the end of the budget" : formatCount(plannedRuns)}</dd>
      </div>
      {modelParams === null ? null : (
        <div>
          <dt>weights of a model</dt>
          <dd>
            {modelParams.min === modelParams.max
              ? formatCount(modelParams.min)
              : `${formatCount(modelParams.min)} to ${formatCount(modelParams.max)}`}
          </dd>
        </div>
      )}
      {cost?.epochs === null || cost === null ? null : (
        <div>
          <dt>epochs in all</dt>
          <dd>{formatCount(cost.epochs)}</dd>
        </div>
      )}
      {promotion === null ? null : (
        <div className={styles.wide}>
          <dt>{`its winner becomes ${promotion.alias}`}</dt>
          <dd>
            {promotion.model}
            <small className="dimmed">
              {promotion.policy === null
                ? " no policy guards it"
                : " if it passes the model’s gates"}
            </small>
          </dd>
        </div>
      )}
      {cost === null ? null : (
        <div className={styles.wide}>
          <dt>takes about</dt>
          <dd>
            {costText(cost).time}
            <small className="dimmed"> {costText(cost).ground}</small>
          </dd>
        </div>
      )}
    </dl>
  );
}

function Samples({ preview: { samples } }: { readonly preview: SweepPreview }) {
  const names = [...new Set(samples.flatMap(({ params }) => Object.keys(params)))];
  const notation = new Map(
    names.map((name) => [name, paramNotation(samples.map(({ params }) => params[name]))]),
  );
  return (
    <>
      <h3 className={styles.subtitle}>{`The first ${formatCounted(samples.length, "point")}`}</h3>
      <div style={{ overflowX: "auto" }}>
        <table className="data">
          <thead>
            <tr>
              {names.map((name) => (
                <th key={name} scope="col" className="number">
                  {name}
                </th>
              ))}
              <th scope="col" className="number">
                weights
              </th>
            </tr>
          </thead>
          <tbody>
            {samples.map(({ params, modelParams }) => (
              <tr key={JSON.stringify(params)}>
                {names.map((name) => (
                  <td key={name} className="number">
                    {formatParamIn(notation.get(name) ?? "plain", params[name])}
                  </td>
                ))}
                <td className="number">{modelParams === null ? "–" : formatCount(modelParams)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
