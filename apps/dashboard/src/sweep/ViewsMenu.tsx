import { ActionIcon, Button, Popover, TextInput } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconBookmark, IconPencil, IconTrash } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import {
  LONGEST_NAME,
  readViews,
  renamed,
  type SavedView,
  VIEWS_KEY,
  withoutView,
  withView,
} from "./savedViews.js";
import styles from "./ViewsMenu.module.css";

const route = getRouteApi("/sweeps/$sweepId");

/**
 * Ways of looking at a sweep, under names that this browser keeps. What a view is stands in the
 * address, so that to share one is to send the address.
 */
export function ViewsMenu() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [isOpen, setIsOpen] = useState(false);
  const [views, setViews] = useLocalStorage<SavedView[]>({
    key: VIEWS_KEY,
    defaultValue: [],
    deserialize: (text) => readViews(text ?? null),
    getInitialValueInEffect: false,
  });
  const open = (view: SavedView) => {
    setIsOpen(false);
    void navigate({ search: view.search, resetScroll: false });
  };
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconBookmark size={14} />}
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          Views
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles.menu}>
        {views.length === 0 ? (
          <p className="dimmed">
            Save what you look at, filter, columns and axes, to come back to it on any sweep.
          </p>
        ) : (
          <ul className={styles.views} aria-label="saved views">
            {views.map((view) => (
              <ViewRow
                key={view.name}
                view={view}
                onOpen={() => open(view)}
                onRename={(name) => setViews(renamed(views, view.name, name))}
                onDelete={() => setViews(withoutView(views, view.name))}
              />
            ))}
          </ul>
        )}
        <NameForm
          label="Save this view as"
          confirm="Save"
          initial=""
          onDone={(name) => setViews(withView(views, { name, search }))}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function ViewRow(props: {
  readonly view: SavedView;
  readonly onOpen: () => void;
  readonly onRename: (name: string) => void;
  readonly onDelete: () => void;
}) {
  const { name } = props.view;
  const [isRenaming, setIsRenaming] = useState(false);
  if (isRenaming)
    return (
      <li>
        <NameForm
          label={`New name of “${name}”`}
          confirm="Rename"
          initial={name}
          onDone={(text) => {
            setIsRenaming(false);
            props.onRename(text);
          }}
        />
      </li>
    );
  return (
    <li className={styles.view}>
      <button type="button" className="plain-button clip" title={name} onClick={props.onOpen}>
        {name}
      </button>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={`rename the view ${name}`}
        onClick={() => setIsRenaming(true)}
      >
        <IconPencil size={14} />
      </ActionIcon>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={`delete the view ${name}`}
        onClick={props.onDelete}
      >
        <IconTrash size={14} />
      </ActionIcon>
    </li>
  );
}

function NameForm(props: {
  readonly label: string;
  readonly confirm: string;
  readonly initial: string;
  readonly onDone: (name: string) => void;
}) {
  const [name, setName] = useState(props.initial);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    setName("");
    props.onDone(name);
  };
  return (
    <form onSubmit={submit} className={styles.form}>
      <TextInput
        size="xs"
        label={props.label}
        maxLength={LONGEST_NAME}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" disabled={name.trim() === ""}>
        {props.confirm}
      </Button>
    </form>
  );
}
