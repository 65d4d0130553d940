import { Button, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { sweepListQuery } from "../api/queries.js";
import { formatCount } from "../format/formatNumber.js";
import { FirstSweep } from "../overview/FirstSweep.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { NewSweepButton } from "./NewSweepButton.js";
import { SweepRows } from "./SweepRows.js";
import styles from "./SweepsPage.module.css";

/** All sweeps of the project, each with what tells it from the others. */
export function SweepsPage() {
  const query = useInfiniteQuery(sweepListQuery());
  const sweeps = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages.at(-1)?.total ?? 0;
  return (
    <>
      <div className={styles.head}>
        <Title order={1}>Sweeps</Title>
        <NewSweepButton />
      </div>
      <Answer query={query} height={300}>
        {() =>
          sweeps.length === 0 ? (
            <FirstSweep />
          ) : (
            <Panel
              title={total === 1 ? "1 sweep" : `${formatCount(total)} sweeps`}
              scope={
                sweeps.length < total ? `newest ${formatCount(sweeps.length)} listed` : undefined
              }
              flush
            >
              <SweepRows sweeps={sweeps} />
              {query.hasNextPage ? (
                <Button
                  variant="subtle"
                  fullWidth
                  loading={query.isFetchingNextPage}
                  onClick={() => query.fetchNextPage()}
                >
                  Older sweeps
                </Button>
              ) : null}
            </Panel>
          )
        }
      </Answer>
    </>
  );
}
