import { Title } from "@mantine/core";
import { API_PREFIX, type DatasetView } from "@sweepyard/contract";
import { IconDatabase } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { datasetsQuery } from "../api/queries.js";
import { formatCount, formatPercent } from "../format/formatNumber.js";
import { formatInstant } from "../format/formatTime.js";
import { Answer } from "../shell/Answer.js";
import { EmptyState } from "../shell/EmptyState.js";
import { Panel } from "../shell/Panel.js";
import styles from "./DatasetsPage.module.css";

/** The data that runs train on: shape, size and how even the classes are. */
export function DatasetsPage() {
  const query = useQuery(datasetsQuery());
  return (
    <>
      <Title order={1} mb={10}>
        Data
      </Title>
      <Answer query={query} height={300}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={<IconDatabase size={36} stroke={1.4} />} title="No data sets yet">
              Upload four IDX files, as MNIST and Fashion-MNIST come, with{" "}
              <code>POST /api/v1/datasets</code>. <code>npm start</code> uploads Fashion-MNIST by
              itself.
            </EmptyState>
          ) : (
            <div className={styles.list}>
              {items.map((dataset) => (
                <DatasetCard key={dataset.id} dataset={dataset} />
              ))}
            </div>
          )
        }
      </Answer>
    </>
  );
}

/** One or three channels, on two or three axes. */
const isImage = ({ inputShape }: DatasetView): boolean =>
  inputShape.length === 2 || (inputShape.length === 3 && [1, 3].includes(inputShape[2] ?? 1));

function DatasetCard({ dataset }: { readonly dataset: DatasetView }) {
  const largest = Math.max(1, ...dataset.classCounts);
  return (
    <Panel
      title={dataset.name}
      scope={`version ${dataset.version}, ${formatInstant(dataset.createdAt)}`}
    >
      {dataset.description === "" ? null : <p className={styles.words}>{dataset.description}</p>}
      <dl className={styles.facts}>
        <div>
          <dt>training rows</dt>
          <dd>{formatCount(dataset.trainRows)}</dd>
        </div>
        <div>
          <dt>test rows</dt>
          <dd>{formatCount(dataset.testRows)}</dd>
        </div>
        <div>
          <dt>shape of a row</dt>
          <dd>{dataset.inputShape.join(" × ")}</dd>
        </div>
        <div>
          <dt>classes</dt>
          <dd>{formatCount(dataset.classNames.length)}</dd>
        </div>
      </dl>
      {isImage(dataset) ? (
        <div className={styles.scroll}>
          <img
            className={styles.sprite}
            src={`${API_PREFIX}/datasets/${encodeURIComponent(dataset.name)}/sprite?version=${dataset.version}`}
            alt={`the first training images, a line for each of: ${dataset.classNames.slice(0, 20).join(", ")}`}
          />
        </div>
      ) : null}
      <table className="data">
        <caption className={styles.caption}>training rows of each class</caption>
        <thead>
          <tr>
            <th scope="col" className="number">
              label
            </th>
            <th scope="col">class</th>
            <th scope="col" className="number">
              training rows
            </th>
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
    </Panel>
  );
}
