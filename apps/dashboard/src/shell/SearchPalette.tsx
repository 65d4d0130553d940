import { ActionIcon, Modal, TextInput } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useId, useState } from "react";
import { sweepListQuery } from "../api/queries.js";
import { findPlaces, type Place } from "./findPlaces.js";
import { PAGES } from "./pages.js";
import styles from "./SearchPalette.module.css";

/** Goes anywhere by its name; Ctrl K or Cmd K opens it. */
export function SearchPalette() {
  const [opened, { open, close }] = useDisclosure(false);
  useHotkeys([["mod+K", open]], []);
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        onClick={open}
        title="Search: Ctrl K"
        aria-label="search"
        aria-keyshortcuts="Control+K Meta+K"
      >
        <IconSearch size={18} />
      </ActionIcon>
      <Modal.Root opened={opened} onClose={close} yOffset="10vh" transitionProps={{ duration: 0 }}>
        <Modal.Overlay />
        <Modal.Content aria-label="go to">
          <Modal.Body pt="md">
            <Finder onDone={close} />
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
    </>
  );
}

function Finder({ onDone }: { readonly onDone: () => void }) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const sweeps = useInfiniteQuery(sweepListQuery());
  const navigate = useNavigate();
  const listId = useId();
  const places = findPlaces(text, PAGES, sweeps.data?.pages.flatMap(({ items }) => items) ?? []);
  const at = Math.min(chosen, places.length - 1);
  const go = (place: Place | undefined) => {
    if (place === undefined) return;
    onDone();
    void navigate({ to: place.to, search: place.search ?? {} });
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") go(places[at]);
    if (step === undefined || places.length === 0) return;
    event.preventDefault();
    setChosen((at + step + places.length) % places.length);
  };
  return (
    <>
      <TextInput
        data-autofocus
        aria-label="a page, a sweep, or a filter of runs"
        placeholder="A page, a sweep, or a filter such as params.depth >= 2"
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={at < 0 ? undefined : `${listId}-${at}`}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={press}
      />
      <div id={listId} role="listbox" aria-label="places" className={styles.places}>
        {places.map((place, index) => (
          <div
            key={`${place.kind} ${place.id}`}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className={styles.place}
            onClick={() => go(place)}
            onKeyDown={press}
          >
            <span className="clip">{place.label}</span>
            <span className="dimmed">{place.kind}</span>
          </div>
        ))}
      </div>
      {places.length === 0 ? <p className="dimmed">Nothing is called that.</p> : null}
    </>
  );
}
