import { Group, Title } from "@mantine/core";
import type { ModelVersionView, ModelView } from "@sweepyard/contract";
import { IconRosetteDiscountCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { modelsQuery } from "../api/queries.js";
import { ExportsPanel } from "../exports/ExportsPanel.js";
import { formatCounted, formatMetric, MISSING } from "../format/formatNumber.js";
import { formatAge, formatInstant } from "../format/formatTime.js";
import { useNow } from "../format/useNow.js";
import { paramsText } from "../runs/paramsText.js";
import { Answer } from "../shell/Answer.js";
import { EmptyState } from "../shell/EmptyState.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import styles from "./ModelsPage.module.css";
import { PromotionsPanel } from "./PromotionsPanel.js";
import { ServingPanel } from "./ServingPanel.js";
import { SetAlias } from "./SetAlias.js";
import { TryIt } from "./TryIt.js";

/** Promoted models: versions, the aliases that point at them, who promoted what and why. */
export function ModelsPage() {
  const query = useQuery(modelsQuery());
  return (
    <>
      <Group justify="space-between" mb={10}>
        <Title order={1}>Models</Title>
        <Link to="/batches" className="link">
          Batches: whole sets, predicted by the workers
        </Link>
      </Group>
      <Answer query={query} height={300}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon={<IconRosetteDiscountCheck size={36} stroke={1.4} />}
              title="No run has been promoted yet"
            >
              Open a completed run, such as the best one of a <Link to="/sweeps">sweep</Link>, and
              choose “Promote”. Its model then answers predictions under a name of your choice.
            </EmptyState>
          ) : (
            <div className={styles.list}>
              {items.map((model) => (
                <ModelCard key={model.id} model={model} />
              ))}
            </div>
          )
        }
      </Answer>
    </>
  );
}

function ModelCard({ model }: { readonly model: ModelView }) {
  const now = useNow(30_000);
  const versions = [...model.versions].sort((a, b) => b.version - a.version);
  const shown = versions.find(({ aliases }) => aliases.includes("champion")) ?? versions[0];
  return (
    <div className={styles.model}>
      <div className={styles.facts}>
        <Panel title={model.name} scope={formatCounted(versions.length, "version")} flush>
          <Scroll label={`versions of ${model.name}`}>
            <table className={`data ${styles.versions}`}>
              <thead>
                <tr>
                  <th scope="col" className="number">
                    version
                  </th>
                  <th scope="col">aliases</th>
                  <th scope="col">run</th>
                  <th scope="col" className="number">
                    test accuracy
                  </th>
                  <th scope="col">params</th>
                  <th scope="col">promoted</th>
                  <th scope="col">why</th>
                </tr>
              </thead>
              <tbody>
                {versions.map((version) => (
                  <VersionRow key={version.version} model={model} version={version} now={now} />
                ))}
              </tbody>
            </table>
          </Scroll>
        </Panel>
        {shown === undefined ? null : (
          <ExportsPanel
            runId={shown.runId}
            path={`/models/${encodeURIComponent(model.name)}/versions/${shown.version}`}
            scope={`version ${shown.version}`}
          />
        )}
        <PromotionsPanel model={model.name} />
        <ServingPanel model={model.name} />
      </div>
      <TryIt model={model} version={shown} />
    </div>
  );
}

function VersionRow(props: {
  readonly model: ModelView;
  readonly version: ModelVersionView;
  readonly now: number;
}) {
  const { model, version } = props;
  return (
    <tr>
      <td className="number">{version.version}</td>
      <td>
        <span className={styles.aliases}>
          {version.aliases.map((alias) => (
            <span key={alias} className={styles.alias}>
              {alias}
            </span>
          ))}
          <SetAlias model={model.name} version={version.version} />
        </span>
      </td>
      <td className={styles.run} title={version.runName}>
        <Link to="/runs/$runId" params={{ runId: version.runId }} className="link">
          {version.runName}
        </Link>
      </td>
      <td className="number">{formatMetric(version.metrics["test.accuracy"])}</td>
      <td className={styles.params}>{paramsText(version.params) || MISSING}</td>
      <td title={formatInstant(version.createdAt)}>
        {formatAge(version.createdAt, props.now)} by {version.promotedBy}
      </td>
      <td>{version.reason === "" ? MISSING : version.reason}</td>
    </tr>
  );
}
