import { Alert, Button } from "@mantine/core";
import { parseSweep } from "@sweepyard/contract";
import { IconChartDots3, IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { client } from "../api/client.js";
import { datasetsQuery } from "../api/queries.js";
import { EmptyState } from "../shell/EmptyState.js";
import { Panel } from "../shell/Panel.js";

/** The example's sweep, as the file of it says; fetched only when somebody wants it. */
async function readExample() {
  const [{ default: text }, { parse }] = await Promise.all([
    import("../../../../examples/fashion-mnist.sweep.yaml?raw"),
    import("yaml"),
  ]);
  return parseSweep(parse(text));
}

/** What stands where there is no sweep yet: one click to the first one. */
export function FirstSweep() {
  const datasets = useQuery(datasetsQuery());
  const navigate = useNavigate();
  const submit = useMutation({
    mutationFn: async () => client.sweeps.create(await readExample()),
    onSuccess: ({ id }) => navigate({ to: "/sweeps/$sweepId", params: { sweepId: id } }),
  });
  const hasData = datasets.data?.items.some(({ name }) => name === "fashion-mnist") ?? true;
  return (
    <Panel title="No sweeps yet">
      <EmptyState icon={<IconChartDots3 size={36} stroke={1.4} />} title="Train the first one">
        <p>
          A sweep trains one model with many choices, such as learning rates and depths, and shows
          which did best. The example tries three learning rates with one, two and three hidden
          layers on Fashion-MNIST.
        </p>
        <Button
          leftSection={<IconPlayerPlay size={15} />}
          loading={submit.isPending}
          disabled={!hasData}
          onClick={() => submit.mutate()}
        >
          Train the example
        </Button>
        {hasData ? null : (
          <p>
            It needs the data set fashion-mnist, which is not here. Upload your own under{" "}
            <Link to="/datasets">Data</Link>, and write a <Link to="/sweeps/new">sweep</Link> on it.
          </p>
        )}
        {submit.error === null ? null : (
          <Alert color="red" mt="sm" ta="left">
            {submit.error.message}
          </Alert>
        )}
        <p>
          Or <Link to="/sweeps/new">write your own</Link>, or submit a file from the terminal:{" "}
          <code>npm run sweepyard -- sweep submit examples/fashion-mnist.sweep.yaml</code>
        </p>
      </EmptyState>
    </Panel>
  );
}
