import { Button, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { client } from "../api/client.js";
import { Logo } from "./Logo.js";
import styles from "./SignIn.module.css";

/** Trades an API key for a session cookie. The key is sent once and kept nowhere. */
export function SignIn() {
  const [key, setKey] = useState("");
  const cache = useQueryClient();
  const logIn = useMutation({
    mutationFn: (secret: string) => client.session.logIn(secret),
    onSuccess: () => cache.resetQueries(),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    logIn.mutate(key.trim());
  };
  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={submit}>
        <Stack gap="md">
          <Logo />
          <Title order={1}>Sign in</Title>
          <PasswordInput
            label="API key"
            description="Starts with swy_"
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            error={logIn.error?.message}
            autoComplete="off"
            data-autofocus
            required
          />
          <Button type="submit" loading={logIn.isPending} disabled={key.trim() === ""}>
            Sign in
          </Button>
          <Text size="sm" c="dimmed">
            Or open a link that signs this browser in once. In the terminal, in Sweepyard's folder:
          </Text>
          <code className={styles.command}>npm run sweepyard -- login-link</code>
          <Text size="sm" c="dimmed">
            <code>npm start</code> prints such a link when it has started.
          </Text>
        </Stack>
      </form>
    </main>
  );
}
