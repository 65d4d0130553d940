import { Autocomplete, Switch, TagsInput } from "@mantine/core";
import { PromoteWinner } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { modelsQuery } from "../api/queries.js";
import { Panel } from "../shell/Panel.js";
import { FieldGroup } from "./FieldGroup.js";
import styles from "./NewSweepPage.module.css";
import { fieldsOfObject } from "./schemaFields.js";
import { type Path, readAt } from "./sweepDraft.js";
import { errorAt, type SweepForm } from "./useSweepForm.js";

const AT: Path = ["promote"];
const OWN = ["model", "tags"];
const FIELDS = fieldsOfObject(PromoteWinner).filter(({ name }) => !OWN.includes(name));

/** What becomes of the best run once the sweep has completed. */
export function WinnerPanel({ form }: { readonly form: SweepForm }) {
  const models = useQuery(modelsQuery());
  const names = models.data?.items.map(({ name }) => name) ?? [];
  const isWanted = form.draft.promote !== undefined;
  const tags = readAt(form.draft, [...AT, "tags"]);
  return (
    <Panel title="Winner">
      <Switch
        size="xs"
        label="Promote the best run once the sweep has completed"
        description="If the gates of the model let it. The key needs the scope promote."
        checked={isWanted}
        error={errorAt(form.errors, AT, false)}
        onChange={({ currentTarget: { checked } }) =>
          form.set(AT, checked ? { model: names[0] ?? "" } : undefined)
        }
      />
      {isWanted ? (
        <div className={styles.wished}>
          <div className={styles.fields}>
            <Autocomplete
              size="xs"
              label="model"
              placeholder="needed"
              data={names}
              value={String(readAt(form.draft, [...AT, "model"]) ?? "")}
              error={errorAt(form.errors, [...AT, "model"])}
              onChange={(value) => form.set([...AT, "model"], value)}
            />
            <TagsInput
              size="xs"
              label="tags of the version"
              value={Array.isArray(tags) ? tags.map(String) : []}
              error={errorAt(form.errors, [...AT, "tags"])}
              onChange={(next) => form.set([...AT, "tags"], next.length === 0 ? undefined : next)}
            />
          </div>
          <FieldGroup form={form} fields={FIELDS} at={AT} />
        </div>
      ) : null}
    </Panel>
  );
}
