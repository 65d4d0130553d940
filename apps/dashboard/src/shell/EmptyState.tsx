import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** What stands where there is nothing yet: what would be here, and how it comes about. */
export function EmptyState(props: {
  readonly icon: ReactNode;
  readonly title: string;
  /** It is the whole page, and its title the page's. */
  readonly isPage?: boolean;
  readonly children?: ReactNode;
}) {
  return (
    <Stack align="center" gap={8} py={48} px="md">
      <span className="dimmed" aria-hidden>
        {props.icon}
      </span>
      <Title order={props.isPage === true ? 1 : 2}>{props.title}</Title>
      <Text component="div" size="sm" c="dimmed" maw={560} ta="center">
        {props.children}
      </Text>
    </Stack>
  );
}
