import { Title } from "@mantine/core";
import { IconDatabase } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { datasetsQuery } from "../api/queries.js";
import { Answer } from "../shell/Answer.js";
import { EmptyState } from "../shell/EmptyState.js";
import { useTitle } from "../shell/useTitle.js";
import { DatasetCard } from "./DatasetCard.js";
import styles from "./DatasetsPage.module.css";
import { UploadDataset } from "./UploadDataset.js";

/** The data that runs train on, and the way to bring more. */
export function DatasetsPage() {
  useTitle("Data");
  const query = useQuery(datasetsQuery());
  const isEmpty = query.data?.items.length === 0;
  return (
    <>
      <div className={styles.head}>
        <Title order={1}>Data</Title>
        {isEmpty ? null : <UploadDataset />}
      </div>
      <Answer query={query} height={300}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={<IconDatabase size={36} stroke={1.4} />} title="No data sets yet">
              <p>
                A table, NumPy arrays, images in folders or the IDX files of MNIST:{" "}
                <code>npm start</code> brings Fashion-MNIST by itself.
              </p>
              <UploadDataset label="Upload a data set" />
            </EmptyState>
          ) : (
            <div className={styles.list}>
              {items.map((dataset) => (
                // A new version shows itself.
                <DatasetCard key={`${dataset.name} ${dataset.version}`} dataset={dataset} />
              ))}
            </div>
          )
        }
      </Answer>
    </>
  );
}
