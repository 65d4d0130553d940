import { Alert, Button, Code, CopyButton, Group } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./SettingsPage.module.css";

/** A key's secret, the one time that it is told. */
export const NewSecret = (props: {
  readonly title: string;
  readonly secret: string;
  readonly children: ReactNode;
}) => (
  <Alert color="green" variant="default" mt={10} title={props.title}>
    <Group gap={8}>
      <Code className={styles.secret}>{props.secret}</Code>
      <CopyButton value={props.secret}>
        {({ copied, copy }) => (
          <Button
            size="compact-xs"
            variant="default"
            onClick={copy}
            leftSection={copied ? <IconCheck size={13} /> : <IconCopy size={13} />}
          >
            {copied ? "Copied" : "Copy"}
          </Button>
        )}
      </CopyButton>
    </Group>
    {props.children}
  </Alert>
);
