import { Button } from "@mantine/core";
import type { ExportView } from "@sweepyard/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { reportFailure } from "../api/actions.js";
import { client } from "../api/client.js";
import { exportsQuery } from "../api/queries.js";
import { formatBytes, formatMetric, MISSING } from "../format/formatNumber.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import styles from "./ModelsPage.module.css";

/** The formats that a version has been exported to, with what each file does on the test split. */
export function ExportsPanel(props: { readonly model: string; readonly version: number }) {
  const { model, version } = props;
  const cache = useQueryClient();
  const query = exportsQuery(model, version);
  const measure = useMutation({
    mutationFn: () => client.models.measureExports(model, version),
    onSuccess: () => cache.invalidateQueries({ queryKey: query.queryKey }),
    onError: reportFailure("To export the version"),
  });
  const again = (
    <Button
      size="compact-xs"
      variant="default"
      loading={measure.isPending}
      onClick={() => measure.mutate()}
    >
      Export and measure all
    </Button>
  );
  return (
    <Panel title="Exports" scope={`version ${version}`} actions={again} flush>
      <Answer query={useQuery(query)} height={90}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={styles.nothing}>No file has been made of this version yet.</p>
          ) : (
            <div style={{ overflowX: "auto" }}>
              <table className={`data ${styles.exports}`}>
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
                    <th scope="col">measured</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((item) => (
                    <ExportRow key={item.format} model={model} version={version} item={item} />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Answer>
    </Panel>
  );
}

function ExportRow(props: {
  readonly model: string;
  readonly version: number;
  readonly item: ExportView;
}) {
  const { format, bytes, figures } = props.item;
  const file = `/api/v1/models/${props.model}/versions/${props.version}/export/${format}`;
  return (
    <tr>
      <td>
        <a href={file} className="link" download>
          {format}
        </a>
      </td>
      <td className="number">{formatBytes(bytes)}</td>
      <td className="number">{formatMetric(figures?.accuracy)}</td>
      <td className="number">{formatMetric(figures?.agreement)}</td>
      <td className="number">{formatMetric(figures?.latencyMs)}</td>
      <td>{figures === null ? MISSING : `${figures.rows} test rows by ${figures.measuredWith}`}</td>
    </tr>
  );
}
