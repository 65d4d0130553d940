import { Alert, Button, MultiSelect, NativeSelect, TextInput, Title } from "@mantine/core";
import { type ApiKeyView, Scope } from "@sweepyard/contract";
import { IconKey } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { reportFailure } from "../api/actions.js";
import { client } from "../api/client.js";
import { keysQuery, meQuery } from "../api/queries.js";
import { formatAge, formatInstant } from "../format/formatTime.js";
import { useNow } from "../format/useNow.js";
import { Answer } from "../shell/Answer.js";
import { Confirm } from "../shell/Confirm.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import { useTitle } from "../shell/useTitle.js";
import { NewProject } from "./NewProject.js";
import { NewSecret } from "./NewSecret.js";
import styles from "./SettingsPage.module.css";
import { Webhooks } from "./Webhooks.js";

const MEANING: Readonly<Record<Scope, string>> = {
  read: "look at everything",
  submit: "submit and steer sweeps, runs and data",
  promote: "promote runs and move aliases",
  predict: "ask models",
  admin: "make and revoke keys, make projects, drain workers",
};

/** The project one is signed in to, and its keys. */
export function SettingsPage() {
  useTitle("Settings");
  const me = useQuery(meQuery());
  const isAdmin = me.data?.key.scopes.includes("admin") === true;
  return (
    <div className={styles.page}>
      <Title order={1}>Settings</Title>
      <Answer query={me} height={100}>
        {({ project, key, version }) => (
          <Panel title="Project">
            <dl className={styles.facts}>
              <div>
                <dt>project</dt>
                <dd>{project.name}</dd>
              </div>
              <div>
                <dt>signed in with the key</dt>
                <dd>
                  {key.name} <span className="dimmed">({key.scopes.join(", ")})</span>
                </dd>
              </div>
              <div>
                <dt>Sweepyard</dt>
                <dd>{version}</dd>
              </div>
            </dl>
            <p className="dimmed">
              Nothing crosses a project: its sweeps, runs, models, data and keys are its own.
              Workers serve all projects.
            </p>
          </Panel>
        )}
      </Answer>
      {isAdmin ? (
        <>
          <Keys />
          <Webhooks />
          <NewProject />
        </>
      ) : (
        <Panel title="API keys and webhooks">
          <p className="dimmed">
            The key you are signed in with lacks the scope “admin”, which keys and webhooks ask for.
          </p>
        </Panel>
      )}
    </div>
  );
}

function Keys() {
  const query = useQuery(keysQuery());
  const now = useNow(30_000);
  return (
    <>
      <NewKey />
      <Panel title="API keys" flush>
        <Answer query={query} height={120}>
          {({ items }) => (
            <Scroll label="keys">
              <table className="data">
                <thead>
                  <tr>
                    <th scope="col">name</th>
                    <th scope="col">begins with</th>
                    <th scope="col">may</th>
                    <th scope="col">made</th>
                    <th scope="col">last used</th>
                    <th scope="col">expires</th>
                    <th scope="col" className="number">
                      action
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((key) => (
                    <KeyRow key={key.id} apiKey={key} now={now} />
                  ))}
                </tbody>
              </table>
            </Scroll>
          )}
        </Answer>
      </Panel>
    </>
  );
}

function KeyRow({ apiKey, now }: { readonly apiKey: ApiKeyView; readonly now: number }) {
  const cache = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => client.keys.revoke(apiKey.id),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["keys"] }),
    onError: reportFailure("To revoke the key"),
  });
  const { name, prefix, scopes, createdAt, lastUsedAt, expiresAt } = apiKey;
  return (
    <tr>
      <th scope="row" className={styles.name} title={name}>
        {name}
      </th>
      <td className="mono">{prefix}…</td>
      <td>{scopes.join(", ")}</td>
      <td title={formatInstant(createdAt)}>{formatAge(createdAt, now)}</td>
      <td title={lastUsedAt === null ? undefined : formatInstant(lastUsedAt)}>
        {lastUsedAt === null ? "never" : formatAge(lastUsedAt, now)}
      </td>
      <td>{expiresAt === null ? "never" : formatInstant(expiresAt)}</td>
      <td className="number">
        <Confirm
          title={`Revoke the key “${name}”?`}
          confirm="Revoke it"
          dismiss="Keep it"
          onConfirm={() => revoke.mutate()}
          target={(open) => (
            <Button size="compact-xs" variant="default" onClick={open} loading={revoke.isPending}>
              Revoke
            </Button>
          )}
        >
          Whatever uses it is refused from then on, and browsers signed in with it are signed out.
          It can't be undone.
        </Confirm>
      </td>
    </tr>
  );
}

function NewKey() {
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["read", "submit", "promote", "predict"]);
  const [days, setDays] = useState("90");
  const make = useMutation({
    mutationFn: () =>
      client.keys.create({
        name: name.trim(),
        scopes,
        ...(days !== "" && { expiresInDays: Number(days) }),
      }),
    onSuccess: () => {
      setName("");
      void cache.invalidateQueries({ queryKey: ["keys"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Panel title="New API key">
      <form onSubmit={submit} className={styles.form}>
        <TextInput
          size="xs"
          label="Name"
          placeholder="What will use it?"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
        />
        <MultiSelect
          size="xs"
          label="May"
          data={Scope.options.map((scope) => ({
            value: scope,
            label: `${scope}: ${MEANING[scope]}`,
          }))}
          value={scopes}
          onChange={(next) =>
            setScopes(next.filter((each): each is Scope => Scope.safeParse(each).success))
          }
          required
        />
        <NativeSelect
          size="xs"
          label="Expires"
          data={[
            { value: "7", label: "in a week" },
            { value: "90", label: "in 90 days" },
            { value: "365", label: "in a year" },
            { value: "", label: "never" },
          ]}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
        <Button
          size="xs"
          type="submit"
          leftSection={<IconKey size={14} />}
          loading={make.isPending}
          disabled={name.trim() === "" || scopes.length === 0}
        >
          Make the key
        </Button>
      </form>
      {make.error === null ? null : (
        <Alert color="red" mt={10}>
          {make.error.message}
        </Alert>
      )}
      {make.data === undefined ? null : (
        <NewSecret
          title={`The key “${make.data.key.name}”, shown this once`}
          secret={make.data.secret}
        >
          The server keeps no copy of it. Programs send it as <code>Authorization: Bearer …</code>,
          and the command line reads <code>SWEEPYARD_API_KEY</code>.
        </NewSecret>
      )}
    </Panel>
  );
}
