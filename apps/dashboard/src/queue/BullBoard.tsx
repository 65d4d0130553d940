import { Button } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { meQuery } from "../api/queries.js";
import { Panel } from "../shell/Panel.js";
import styles from "./QueuePage.module.css";

/** BullMQ's own view of the jobs, within the page and behind the same log-in. */
export function BullBoard() {
  const [isOpen, setOpen] = useState(false);
  const me = useQuery(meQuery());
  const scopes = me.data?.key.scopes ?? [];
  const mayLook = scopes.includes("submit") || scopes.includes("admin");
  return (
    <Panel
      title="Jobs in Bull Board"
      scope="each delivery, its data, its tries"
      actions={
        mayLook ? (
          <>
            <Button
              size="compact-xs"
              variant="default"
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
            >
              {isOpen ? "Hide" : "Show here"}
            </Button>
            <Button
              component="a"
              href="/queues/"
              target="_blank"
              rel="noreferrer"
              size="compact-xs"
              variant="subtle"
              rightSection={<IconExternalLink size={13} />}
            >
              In a tab of its own
            </Button>
          </>
        ) : null
      }
    >
      {mayLook ? null : (
        <p className="dimmed">
          It can remove jobs, so it needs a key of the scope “submit”; yours has {scopes.join(", ")}
          .
        </p>
      )}
      {isOpen ? <iframe className={styles.board} src="/queues/" title="Bull Board" /> : null}
    </Panel>
  );
}
