import { Button, CopyButton, SegmentedControl, Textarea } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { Panel } from "../shell/Panel.js";
import styles from "./NewSweepPage.module.css";
import { isEditable, readText, TEXT_FORMS, type TextForm, toText } from "./sweepText.js";
import type { SweepForm } from "./useSweepForm.js";

/** The sweep as text: YAML and JSON can be edited, and the form follows. */
export function TextPanel({ form }: { readonly form: SweepForm }) {
  const [as, setAs] = useState<TextForm>("YAML");
  const [typed, setTyped] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const written = toText(form.submission, as, window.location.origin);
  const edit = (text: string) => {
    setTyped(text);
    try {
      form.setDraft(readText(text));
      setFault(null);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Panel
      title="As text"
      actions={
        <CopyButton value={written}>
          {({ copied, copy }) => (
            <Button
              size="compact-xs"
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={13} /> : <IconCopy size={13} />}
            >
              {copied ? "Copied" : `Copy ${as}`}
            </Button>
          )}
        </CopyButton>
      }
    >
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="form of the text"
        value={as}
        onChange={(value) => {
          setAs(value as TextForm);
          setTyped(null);
          setFault(null);
        }}
        data={[...TEXT_FORMS]}
      />
      <Textarea
        mt={8}
        aria-label={isEditable(as) ? `the sweep as ${as}, to edit` : `the sweep for ${as}`}
        classNames={{ input: styles.text ?? "" }}
        readOnly={!isEditable(as)}
        spellCheck={false}
        value={typed ?? written}
        error={fault}
        onChange={({ currentTarget }) => edit(currentTarget.value)}
        onBlur={() => {
          // What can't be read stays to be mended.
          if (fault === null) setTyped(null);
        }}
      />
    </Panel>
  );
}
