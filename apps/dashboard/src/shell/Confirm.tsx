import { Button, Group, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";

/** Asks before something that ends work, and says what goes with it. */
export function Confirm(props: {
  readonly title: string;
  readonly children: ReactNode;
  readonly confirm: string;
  readonly dismiss: string;
  readonly onConfirm: () => void;
  readonly target: (open: () => void) => ReactNode;
}) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      {props.target(open)}
      <Modal opened={opened} onClose={close} title={props.title} centered>
        {props.children}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={close} data-autofocus>
            {props.dismiss}
          </Button>
          <Button
            color="red.9"
            onClick={() => {
              close();
              props.onConfirm();
            }}
          >
            {props.confirm}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
