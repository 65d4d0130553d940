import { Alert, Button, Skeleton } from "@mantine/core";
import { ApiError } from "@sweepyard/client";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface Query<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly isFetching: boolean;
  readonly refetch: () => unknown;
}

/** Shows a query's answer; while there is none, a placeholder of its height, or what went wrong. */
export function Answer<T>(props: {
  readonly query: Query<T>;
  readonly height?: number;
  /** Shown where the server has no such thing, or where its id is none. */
  readonly missing?: ReactNode;
  readonly children: (data: T) => ReactNode;
}) {
  const { query, height = 120 } = props;
  if (query.data !== undefined) return props.children(query.data);
  if (props.missing !== undefined && isMissing(query.error)) return props.missing;
  if (query.error !== null)
    return (
      <Failure error={query.error} retry={() => query.refetch()} retrying={query.isFetching} />
    );
  return <Skeleton height={height} aria-label="loading" role="status" />;
}

/** A request the server refuses is refused again; only time or another session mends the others. */
const canCure = (error: Error): boolean =>
  !(error instanceof ApiError) || error.status >= 500 || [0, 401, 408, 429].includes(error.status);

const isMissing = (error: Error | null): boolean =>
  error instanceof ApiError && (error.status === 404 || error.status === 400);

/** Says what failed and lets a person try again. */
export function Failure(props: {
  readonly error: Error;
  readonly retry: () => void;
  readonly retrying: boolean;
}) {
  const { error } = props;
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} />}
      title={error.message}
    >
      {error instanceof ApiError && error.requestId !== "" ? (
        <p className="dimmed" style={{ margin: "0 0 8px" }}>
          Request <span className="mono">{error.requestId}</span> in the server's log.
        </p>
      ) : null}
      {canCure(error) ? (
        <Button size="xs" variant="default" onClick={props.retry} loading={props.retrying}>
          Try again
        </Button>
      ) : null}
    </Alert>
  );
}
