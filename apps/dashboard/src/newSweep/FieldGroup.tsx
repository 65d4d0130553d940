import { FieldInput, PlanField } from "./FieldInput.js";
import styles from "./NewSweepPage.module.css";
import type { FieldSpec } from "./schemaFields.js";
import { type Path, readAt } from "./sweepDraft.js";
import { errorAt, type SweepForm } from "./useSweepForm.js";

/** The fields of one object; all but the first ones fold away until somebody needs them. */
export function FieldGroup(props: {
  readonly form: SweepForm;
  readonly fields: readonly FieldSpec[];
  readonly at: Path;
  /** Shown at once; absent: all. */
  readonly first?: readonly string[];
  readonly canVary?: boolean;
}) {
  const { form, fields, at, first, canVary = false } = props;
  const isSaid = ({ name }: FieldSpec) =>
    readAt(form.draft, [...at, name]) !== undefined ||
    errorAt(form.errors, [...at, name]) !== undefined;
  const shown = fields.filter((field) => first?.includes(field.name) ?? true);
  const more = fields.filter((field) => !shown.includes(field));
  const Field = canVary ? PlanField : FieldInput;
  const render = (field: FieldSpec) => (
    <Field key={field.name} form={form} field={field} path={[...at, field.name]} />
  );
  if (fields.length === 0) return null;
  return (
    <>
      <div className={styles.fields}>{shown.map(render)}</div>
      {more.length === 0 ? null : (
        <details className={styles.more} open={more.some(isSaid) || undefined}>
          <summary>more settings</summary>
          <div className={styles.fields}>{more.map(render)}</div>
        </details>
      )}
    </>
  );
}
