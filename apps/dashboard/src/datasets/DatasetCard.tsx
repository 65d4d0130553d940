import { NativeSelect } from "@mantine/core";
import { API_PREFIX, type DatasetView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { datasetPreviewQuery, datasetVersionsQuery } from "../api/queries.js";
import { formatCount, formatCounted, formatParam, formatPercent } from "../format/formatNumber.js";
import { formatInstant } from "../format/formatTime.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import styles from "./DatasetsPage.module.css";

/** One or three channels, on two or three axes. */
const isImage = ({ inputShape }: DatasetView): boolean =>
  inputShape.length === 2 || (inputShape.length === 3 && [1, 3].includes(inputShape[2] ?? 1));

/** A data set: how large it is, what its rows look like and how even its classes are; any version of it. */
export function DatasetCard({ dataset: latest }: { readonly dataset: DatasetView }) {
  const [chosen, setChosen] = useState(latest.version);
  const versions = useQuery({
    ...datasetVersionsQuery(latest.name, latest.version),
    enabled: latest.version > 1,
  });
  const dataset = versions.data?.items.find(({ version }) => version === chosen) ?? latest;
  return (
    <Panel
      title={<span className={styles.title}>{dataset.name}</span>}
      scope={`version ${dataset.version}, ${formatInstant(dataset.createdAt)}, from ${dataset.details.format}`}
      actions={
        versions.data === undefined || versions.data.items.length < 2 ? null : (
          <NativeSelect
            size="xs"
            aria-label={`version of ${latest.name}`}
            data={versions.data.items.map(({ version, createdAt }) => ({
              value: String(version),
              label: `version ${version}, ${formatInstant(createdAt)}`,
            }))}
            value={String(dataset.version)}
            onChange={(event) => setChosen(Number(event.currentTarget.value))}
          />
        )
      }
    >
      {dataset.description === "" ? null : <p className={styles.words}>{dataset.description}</p>}
      <dl className={styles.facts}>
        <Fact label="task">{dataset.task.replace("_", "-")}</Fact>
        <Fact label="training rows">{formatCount(dataset.trainRows)}</Fact>
        <Fact label="test rows">{formatCount(dataset.testRows)}</Fact>
        <Fact label="shape of a row">{dataset.inputShape.join(" × ")}</Fact>
        <Fact label={dataset.task === "regression" ? "targets" : "classes"}>
          {formatCount(dataset.classNames.length)}
        </Fact>
      </dl>
      {dataset.details.skippedCount === 0 ? null : <Skipped dataset={dataset} />}
      {isImage(dataset) ? (
        <Scroll label={`images of ${dataset.name}`}>
          <img
            className={styles.sprite}
            src={`${API_PREFIX}/datasets/${encodeURIComponent(dataset.name)}/sprite?version=${dataset.version}`}
            alt={`the first training images, a line for each of: ${dataset.classNames.slice(0, 20).join(", ")}`}
          />
        </Scroll>
      ) : (
        <Rows dataset={dataset} />
      )}
      {dataset.task === "regression" ? (
        <Targets dataset={dataset} />
      ) : (
        <Classes dataset={dataset} />
      )}
    </Panel>
  );
}

const Fact = (props: { readonly label: string; readonly children: string }) => (
  <div>
    <dt>{props.label}</dt>
    <dd>{props.children}</dd>
  </div>
);

const Skipped = ({ dataset: { details } }: { readonly dataset: DatasetView }) => (
  <details className={styles.words}>
    <summary>{formatCounted(details.skippedCount, "file")} left out</summary>
    <ul>
      {details.skipped.map(({ file, reason }) => (
        <li key={file}>
          <span className="mono">{file}</span>: {reason}
        </li>
      ))}
    </ul>
  </details>
);

/** The first rows of a table. */
function Rows({ dataset }: { readonly dataset: DatasetView }) {
  const query = useQuery(datasetPreviewQuery(dataset.name, dataset.version));
  return (
    <Answer query={query} height={120}>
      {(preview) =>
        preview.kind !== "table" ? null : (
          <Scroll label={`first rows of ${dataset.name}`}>
            <table className="data">
              <caption className={styles.caption}>the first training rows</caption>
              <thead>
                <tr>
                  {preview.columns.map((column) => (
                    <th key={column} scope="col" className="number">
                      {column}
                    </th>
                  ))}
                  <th scope="col">target</th>
                </tr>
              </thead>
              <tbody>
                {preview.rows.map((row, place) => (
                  <tr key={place}>
                    {row.values.map((value, column) => (
                      <td key={column} className="number">
                        {formatParam(value)}
                      </td>
                    ))}
                    <td>{row.target}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )
      }
    </Answer>
  );
}

const Targets = ({ dataset }: { readonly dataset: DatasetView }) => (
  <Scroll label={`targets of ${dataset.name}`}>
    <table className="data">
      <caption className={styles.caption}>targets over the training rows</caption>
      <thead>
        <tr>
          <th scope="col">target</th>
          {["least", "mean", "most"].map((head) => (
            <th key={head} scope="col" className="number">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {dataset.details.targets.map(({ name, min, mean, max }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="number">{formatParam(min)}</td>
            <td className="number">{formatParam(mean)}</td>
            <td className="number">{formatParam(max)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);

function Classes({ dataset }: { readonly dataset: DatasetView }) {
  const largest = Math.max(1, ...dataset.classCounts);
  const testCounts = dataset.details.testClassCounts;
  return (
    <Scroll label={`classes of ${dataset.name}`}>
      <table className="data">
        <caption className={styles.caption}>rows of each class</caption>
        <thead>
          <tr>
            <th scope="col" className="number">
              label
            </th>
            <th scope="col">class</th>
            <th scope="col" className="number">
              training rows
            </th>
            {testCounts.length === 0 ? null : (
              <th scope="col" className="number">
                test rows
              </th>
            )}
            <th scope="col">beside the largest</th>
          </tr>
        </thead>
        <tbody>
          {dataset.classNames.map((name, label) => {
            const count = dataset.classCounts[label] ?? 0;
            return (
              <tr key={name}>
                <td className="number dimmed">{label}</td>
                <td>{name}</td>
                <td className="number">{formatCount(count)}</td>
                {testCounts.length === 0 ? null : (
                  <td className="number">{formatCount(testCounts[label] ?? 0)}</td>
                )}
                <td
                  className={styles.bar}
                  title={formatPercent(count / Math.max(1, dataset.trainRows))}
                >
                  <span style={{ width: `${(count / largest) * 100}%` }} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
