import { TagsInput, Textarea, TextInput, Title } from "@mantine/core";
import type { CreateSweep } from "@sweepyard/contract";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { z } from "zod";
import { client } from "../api/client.js";
import { datasetsQuery, sweepQuery } from "../api/queries.js";
import { Answer } from "../shell/Answer.js";
import { NoSuch } from "../shell/NoSuch.js";
import { Panel } from "../shell/Panel.js";
import { useTitle } from "../shell/useTitle.js";
import { JudgingPanel } from "./JudgingPanel.js";
import styles from "./NewSweepPage.module.css";
import { ModelPanel, TrainingPanel } from "./PlanPanels.js";
import { PreviewPanel } from "./PreviewPanel.js";
import { SearchPanel } from "./SearchPanel.js";
import { SpacePanel } from "./SpacePanel.js";
import { type Draft, draftOf, readAt, starterDraft } from "./sweepDraft.js";
import { TextPanel } from "./TextPanel.js";
import { errorAt, type SweepForm, useSweepForm } from "./useSweepForm.js";
import { WinnerPanel } from "./WinnerPanel.js";

const route = getRouteApi("/sweeps/new");

/** A sweep in the making: from the example's network, or from a sweep that is there already. */
export function NewSweepPage() {
  const { from } = route.useSearch();
  useTitle("New sweep");
  return from === undefined ? <FromExample /> : <FromSweep id={from} />;
}

function FromExample() {
  const datasets = useQuery(datasetsQuery());
  return (
    <Answer query={datasets} height={500}>
      {({ items }) => {
        const wanted = items.find(({ name }) => name === "fashion-mnist") ?? items[0];
        return <SweepEditor first={starterDraft(wanted?.name ?? "fashion-mnist")} />;
      }}
    </Answer>
  );
}

function FromSweep({ id }: { readonly id: string }) {
  const sweep = useQuery(sweepQuery(id));
  return (
    <Answer query={sweep} height={500} missing={<NoSuch what="sweep" />}>
      {(found) => <SweepEditor key={found.id} first={draftOf(found)} cloned={found.name} />}
    </Answer>
  );
}

function SweepEditor({ first, cloned }: { readonly first: Draft; readonly cloned?: string }) {
  const form = useSweepForm(first);
  const navigate = useNavigate();
  const submit = useMutation({
    mutationFn: () => client.sweeps.create(form.submission as z.input<typeof CreateSweep>),
    onSuccess: ({ id }) => navigate({ to: "/sweeps/$sweepId", params: { sweepId: id } }),
  });
  const trainer = readAt(form.draft, ["trainer", "kind"]) ?? "engine";
  return (
    <>
      <Title order={1} mb={10} className="clip">
        {cloned === undefined ? "New sweep" : `New sweep, from ${cloned}`}
      </Title>
      <div className={styles.page}>
        <form className={styles.column} onSubmit={(event) => event.preventDefault()}>
          <NamePanel form={form} />
          {trainer === "engine" ? (
            <>
              <ModelPanel form={form} />
              <TrainingPanel form={form} />
            </>
          ) : null}
          <SpacePanel form={form} />
          <SearchPanel form={form} />
          <JudgingPanel form={form} />
          {trainer === "engine" ? (
            <WinnerPanel form={form} />
          ) : (
            <p className="dimmed">
              The {String(trainer)} trainer is written in the text of the sweep, beside the form.
            </p>
          )}
        </form>
        <div className={styles.column}>
          <PreviewPanel
            form={form}
            onSubmit={() => submit.mutate()}
            isSubmitting={submit.isPending}
            failure={submit.error}
          />
          <TextPanel form={form} />
        </div>
      </div>
    </>
  );
}

function NamePanel({ form }: { readonly form: SweepForm }) {
  const { draft, set, errors } = form;
  const tags = draft.tags;
  return (
    <Panel title="Name">
      <div className={styles.fields}>
        <TextInput
          size="xs"
          label="name"
          value={String(draft.name ?? "")}
          error={errorAt(errors, ["name"])}
          placeholder={String(form.submission.name)}
          onChange={({ currentTarget }) => set(["name"], currentTarget.value)}
        />
        <TagsInput
          size="xs"
          label="tags"
          value={Array.isArray(tags) ? tags.map(String) : []}
          error={errorAt(errors, ["tags"])}
          onChange={(next) => set(["tags"], next.length === 0 ? undefined : next)}
        />
      </div>
      <Textarea
        size="xs"
        mt={8}
        label="description"
        autosize
        minRows={1}
        maxRows={6}
        value={String(draft.description ?? "")}
        error={errorAt(errors, ["description"])}
        onChange={({ currentTarget: { value } }) =>
          set(["description"], value === "" ? undefined : value)
        }
      />
    </Panel>
  );
}
