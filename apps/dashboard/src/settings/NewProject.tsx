import { Alert, Button, TextInput } from "@mantine/core";
import { ApiError } from "@sweepyard/client";
import { IconFolderPlus } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { client } from "../api/client.js";
import { Panel } from "../shell/Panel.js";
import { NewSecret } from "./NewSecret.js";
import styles from "./SettingsPage.module.css";

/** Makes a project, which begins with nothing but its first key. */
export function NewProject() {
  const [name, setName] = useState("");
  const make = useMutation({
    mutationFn: () => client.projects.create({ name: name.trim() }),
    onSuccess: () => setName(""),
  });
  const errors = make.error instanceof ApiError ? make.error.errors : [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Panel title="New project" scope="for people who are to share nothing with this one">
      <form onSubmit={submit} className={styles.project}>
        <TextInput
          size="xs"
          label="Name of the project"
          placeholder="another-team"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errors.find(({ path }) => path === "name")?.message}
          required
        />
        <Button
          size="xs"
          type="submit"
          leftSection={<IconFolderPlus size={14} />}
          loading={make.isPending}
          disabled={name.trim() === ""}
        >
          Make the project
        </Button>
      </form>
      {make.error === null || errors.length > 0 ? null : (
        <Alert color="red" mt={10}>
          {make.error.message}
        </Alert>
      )}
      {make.data === undefined ? null : (
        <NewSecret
          title={`The first key of “${make.data.project.name}”, shown this once`}
          secret={make.data.secret}
        >
          It has every scope. Log out and sign in with it to see the project and to make keys of
          fewer scopes; the key you are signed in with reaches nothing of it.
        </NewSecret>
      )}
    </Panel>
  );
}
