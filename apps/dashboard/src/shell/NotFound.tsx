import { IconMapQuestion } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "./EmptyState.js";

/** An address that leads nowhere. */
export const NotFound = () => (
  <EmptyState
    isPage
    icon={<IconMapQuestion size={36} stroke={1.4} />}
    title="There is no such page"
  >
    <p>
      Nothing is at <code>{window.location.pathname}</code>. It may have been mistyped.
    </p>
    <Link to="/">Overview</Link>
  </EmptyState>
);
