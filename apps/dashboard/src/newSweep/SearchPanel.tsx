import { PrunerConfig, SamplerConfig } from "@sweepyard/contract";
import { Panel } from "../shell/Panel.js";
import styles from "./NewSweepPage.module.css";
import { fieldsByVariant } from "./schemaFields.js";
import type { SweepForm } from "./useSweepForm.js";
import { VariantSelect } from "./VariantSelect.js";

const SAMPLERS = fieldsByVariant(SamplerConfig, "name");
const PRUNERS = fieldsByVariant(PrunerConfig, "name");

/** How points are chosen, and which runs end early. */
export const SearchPanel = ({ form }: { readonly form: SweepForm }) => (
  <Panel title="Search">
    <div className={styles.halves}>
      <div>
        <VariantSelect form={form} label="sampler" usual="grid" variants={SAMPLERS} />
      </div>
      <div>
        <VariantSelect form={form} label="pruner" usual="none" variants={PRUNERS} />
      </div>
    </div>
  </Panel>
);
