import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

export const NewSweepButton = () => (
  <Button
    size="xs"
    leftSection={<IconPlus size={14} />}
    renderRoot={(rest) => <Link to="/sweeps/new" {...rest} />}
  >
    New sweep
  </Button>
);
