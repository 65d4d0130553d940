import { Button, NativeSelect } from "@mantine/core";
import type { AttemptView, RunView } from "@sweepyard/contract";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { runAttemptsQuery } from "../api/queries.js";
import { save } from "../charts/ChartData.js";
import { Panel } from "../shell/Panel.js";
import styles from "./RunPage.module.css";

/** The end of what an attempt's trainer or program had to say; while it trains, the latest. */
export function LogPanel({ run }: { readonly run: RunView }) {
  const query = useQuery(runAttemptsQuery(run.id, run.state === "running"));
  const [chosen, setChosen] = useState<number | null>(null);
  const attempts = query.data?.items ?? [];
  const attempt = attempts.find(({ number }) => number === chosen) ?? attempts.at(-1);
  if (attempt === undefined) return null;
  return (
    <Panel
      title="Log"
      scope={attempt.log?.startsWith("…") === true ? "its last 64 KiB" : undefined}
      actions={
        <>
          {attempts.length < 2 ? null : (
            <NativeSelect
              size="xs"
              aria-label="attempt"
              data={attempts.map(({ number }) => ({
                value: String(number),
                label: `attempt ${number}`,
              }))}
              value={String(attempt.number)}
              onChange={(event) => setChosen(Number(event.currentTarget.value))}
            />
          )}
          {attempt.log === null ? null : (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconDownload size={13} />}
              onClick={() =>
                save(
                  new Blob([attempt.log ?? ""], { type: "text/plain" }),
                  `run-${run.number}-attempt-${attempt.number}.log`,
                )
              }
            >
              Download
            </Button>
          )}
        </>
      }
    >
      <LogText key={attempt.number} attempt={attempt} />
    </Panel>
  );
}

/** Stays at the end while it grows, unless somebody has scrolled up to read. */
function LogText({ attempt }: { readonly attempt: AttemptView }) {
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    if (isAtEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [attempt.log]);
  if (attempt.log === null)
    return (
      <p className={styles.none}>
        {attempt.endedAt === null ? "It has said nothing yet." : "It said nothing."}
      </p>
    );
  return (
    <section
      ref={box}
      className={styles.log}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
      tabIndex={0}
      aria-label={`log of attempt ${attempt.number}`}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 20;
      }}
    >
      {attempt.log}
    </section>
  );
}
