import { NativeSelect } from "@mantine/core";
import { FieldGroup } from "./FieldGroup.js";
import type { FieldSpec } from "./schemaFields.js";
import { changeVariant, type Path, readAt, writeAt } from "./sweepDraft.js";
import { errorAt, type SweepForm } from "./useSweepForm.js";

/** Which one of several kinds, and its own settings. */
export function VariantSelect(props: {
  readonly form: SweepForm;
  readonly label: "sampler" | "pruner" | "terminator";
  /** What counts where none is written; null: none. */
  readonly usual: string | null;
  readonly variants: ReadonlyMap<string, readonly FieldSpec[]>;
}) {
  const { form, label, usual, variants } = props;
  const at: Path = [label];
  const name = String(readAt(form.draft, [...at, "name"]) ?? usual ?? "");
  const named = [...variants.keys()].map((value) => ({ value, label: value.replaceAll("_", " ") }));
  return (
    <>
      <NativeSelect
        size="xs"
        label={label}
        data={usual === null ? [{ value: "", label: "none" }, ...named] : named}
        value={name}
        error={errorAt(form.errors, at, false)}
        onChange={({ currentTarget: { value } }) =>
          form.setDraft((draft) =>
            value === ""
              ? writeAt(draft, at, undefined)
              : changeVariant(draft, at, ["name", value], variants.get(value) ?? []),
          )
        }
      />
      <FieldGroup form={form} fields={variants.get(name) ?? []} at={at} />
    </>
  );
}
