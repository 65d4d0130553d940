import { Button, Title } from "@mantine/core";
import { IconStack2 } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { batchesQuery } from "../api/queries.js";
import { Answer } from "../shell/Answer.js";
import { EmptyState } from "../shell/EmptyState.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import { useLiveNow } from "../shell/useLive.js";
import { useTitle } from "../shell/useTitle.js";
import { BatchRow } from "./BatchRow.js";

/** Whole sets that workers predict: how far each has come, what could not be read, the results. */
export function BatchesPage() {
  useTitle("Batches");
  const query = useInfiniteQuery(batchesQuery());
  const now = useLiveNow(10_000);
  return (
    <>
      <Title order={1} mb={10}>
        Batches
      </Title>
      <Answer query={query} height={200}>
        {({ pages }) => {
          const batches = pages.flatMap(({ items }) => items);
          return batches.length === 0 ? (
            <NoBatches />
          ) : (
            <Panel
              title="Newest first"
              scope={`${batches.length} of ${pages[0]?.total ?? 0}`}
              flush
            >
              <Scroll label="table of batches">
                <table className="data">
                  <thead>
                    <tr>
                      <th scope="col">batch</th>
                      <th scope="col">by</th>
                      <th scope="col">of</th>
                      <th scope="col">state</th>
                      <th scope="col">items</th>
                      <th scope="col" className="number">
                        unread
                      </th>
                      <th scope="col" className="number">
                        made
                      </th>
                      <th scope="col" className="number">
                        action
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {batches.map((batch) => (
                      <BatchRow key={batch.id} batch={batch} now={now} />
                    ))}
                  </tbody>
                </table>
              </Scroll>
              {query.hasNextPage ? (
                <Button
                  size="compact-sm"
                  variant="default"
                  m={10}
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  Show older ones
                </Button>
              ) : null}
            </Panel>
          );
        }}
      </Answer>
    </>
  );
}

const NoBatches = () => (
  <EmptyState icon={<IconStack2 size={36} stroke={1.4} />} title="No set has been predicted yet">
    A batch asks a <Link to="/models">model</Link> about every picture of an archive, or every row
    of a data set, on the workers: <code>sweepyard batch predict FOLDER --model NAME</code>, or{" "}
    <code>POST /api/v1/models/NAME/batches</code>.
  </EmptyState>
);
