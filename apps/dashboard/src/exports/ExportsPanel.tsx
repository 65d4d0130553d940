import { Button } from "@mantine/core";
import {
  API_PREFIX,
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportView,
} from "@sweepyard/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { reportFailure } from "../api/actions.js";
import { client } from "../api/client.js";
import { exportsQuery } from "../api/queries.js";
import { formatBytes, formatMetric, MISSING } from "../format/formatNumber.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";

/** Every format that a run's model can be had in, with what the file does on the test split. */
export function ExportsPanel(props: {
  readonly runId: string;
  /** Of the run or of the version of it, under the API: names the file that is downloaded. */
  readonly path: string;
  readonly scope?: string;
}) {
  const { runId, path, scope } = props;
  const cache = useQueryClient();
  const query = exportsQuery(runId);
  const measure = useMutation({
    mutationFn: (formats: ExportFormat[] | undefined) =>
      client.runs.measureExports(runId, formats === undefined ? {} : { formats }),
    onSuccess: () => cache.invalidateQueries({ queryKey: query.queryKey }),
    onError: reportFailure("To export the model"),
  });
  return (
    <Panel
      title="Exports"
      scope={scope}
      actions={
        <Button
          size="compact-xs"
          variant="default"
          loading={measure.isPending && measure.variables === undefined}
          disabled={measure.isPending}
          onClick={() => measure.mutate(undefined)}
        >
          Export and measure all
        </Button>
      }
      flush
    >
      <Answer query={useQuery(query)} height={90}>
        {({ items }) => (
          <Scroll label="formats">
            <table className="data">
              <thead>
                <tr>
                  <th scope="col">format</th>
                  <th scope="col" className="number">
                    size
                  </th>
                  <th scope="col" className="number">
                    accuracy
                  </th>
                  <th scope="col" className="number">
                    as trained
                  </th>
                  <th scope="col" className="number">
                    ms a row
                  </th>
                  <th scope="col">state</th>
                </tr>
              </thead>
              <tbody>
                {EXPORT_FORMATS.map((format) => (
                  <ExportRow
                    key={format}
                    format={format}
                    file={`${API_PREFIX}${path}/export/${format}`}
                    item={items.find((item) => item.format === format) ?? null}
                    isBusy={measure.isPending}
                    isMeasuring={measure.isPending && measure.variables?.[0] === format}
                    onMeasure={() => measure.mutate([format])}
                  />
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Answer>
    </Panel>
  );
}

function ExportRow(props: {
  readonly format: ExportFormat;
  readonly file: string;
  /** Null: it has not been made. */
  readonly item: ExportView | null;
  readonly isBusy: boolean;
  readonly isMeasuring: boolean;
  readonly onMeasure: () => void;
}) {
  const { format, item } = props;
  const figures = item?.figures ?? null;
  return (
    <tr>
      <td>
        <a
          href={props.file}
          className="link"
          download={item?.fileName ?? true}
          title={
            item === null ? "It is made when it is first asked for." : `SHA-256 ${item.sha256}`
          }
        >
          {format}
        </a>
      </td>
      <td className="number">{item === null ? MISSING : formatBytes(item.bytes)}</td>
      <td className="number">{formatMetric(figures?.accuracy)}</td>
      <td className="number">{formatMetric(figures?.agreement)}</td>
      <td className="number">{formatMetric(figures?.latencyMs)}</td>
      <td>
        {figures !== null ? (
          `measured on ${figures.rows} test rows by ${figures.measuredWith}`
        ) : (
          <>
            {item === null ? "not made yet" : "made, not measured"}{" "}
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`export and measure ${format}`}
              loading={props.isMeasuring}
              disabled={props.isBusy}
              onClick={props.onMeasure}
            >
              {item === null ? "Export" : "Measure"}
            </Button>
          </>
        )}
      </td>
    </tr>
  );
}
