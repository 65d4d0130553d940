import { Alert, Button, FileButton, Group, NativeSelect } from "@mantine/core";
import type { ModelView } from "@sweepyard/contract";
import { useMutation } from "@tanstack/react-query";
import { type DragEvent, useRef, useState } from "react";
import { client } from "../api/client.js";
import { formatPercent } from "../format/formatNumber.js";
import { Panel } from "../shell/Panel.js";
import { DrawingPad, type DrawingPadHandle } from "./DrawingPad.js";
import styles from "./ModelsPage.module.css";

/** Draw an image or drop one, and see what the model on the server takes it for. */
export function TryModel({ model }: { readonly model: ModelView }) {
  const aliases = model.versions.flatMap((version) => version.aliases);
  const [target, setTarget] = useState(aliases.includes("champion") ? "@champion" : "");
  const pad = useRef<DrawingPadHandle>(null);
  const [isOver, setIsOver] = useState(false);
  const predict = useMutation({
    mutationFn: (image: Blob) =>
      client.models.predictImage(`${model.name}${target}`, image, { top_k: 5 }),
  });
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const ask = (image: Blob) => {
    setUnreadable(null);
    predict.mutate(image);
  };
  const take = async (file: File | null | undefined) => {
    if (file === null || file === undefined) return;
    if ((await pad.current?.show(file)) !== false) return ask(file);
    predict.reset();
    setUnreadable(file.name);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    void take(event.dataTransfer.files[0]);
  };
  const choices = [
    ...aliases.map((alias) => ({ value: `@${alias}`, label: alias })),
    ...model.versions.map(({ version }) => ({ value: `@${version}`, label: `version ${version}` })),
  ];
  return (
    <Panel
      title="Try it"
      actions={
        <NativeSelect
          size="xs"
          aria-label="alias or version"
          data={choices}
          value={target}
          onChange={(event) => setTarget(event.currentTarget.value)}
        />
      }
    >
      <div className={styles.try}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the button below chooses a file without a pointer */}
        <div
          onDragOver={(event) => {
            event.preventDefault();
            setIsOver(true);
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={drop}
        >
          <DrawingPad ref={pad} isOver={isOver} onDrawn={ask} />
          <Group gap={6} mt={6}>
            <FileButton onChange={take} accept="image/png,image/jpeg">
              {(rest) => (
                <Button {...rest} size="compact-xs" variant="default">
                  Choose an image
                </Button>
              )}
            </FileButton>
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={() => {
                pad.current?.clear();
                predict.reset();
                setUnreadable(null);
              }}
            >
              Clear
            </Button>
          </Group>
        </div>
        <div className={styles.answers} aria-live="polite">
          {unreadable === null ? null : (
            <Alert color="red">{unreadable} can't be read as a PNG or JPEG.</Alert>
          )}
          {predict.error !== null ? <Alert color="red">{predict.error.message}</Alert> : null}
          {predict.data === undefined ? (
            <p className="dimmed" style={{ margin: 0 }}>
              Draw in the black square, or drop a PNG or JPEG on it. The server makes it grey, fits
              it to the model's input and answers with the five most probable classes.
            </p>
          ) : (
            <>
              <ol>
                {predict.data.predictions[0]?.map((prediction) => (
                  <li key={prediction.label}>
                    <div>
                      <span>{prediction.name}</span>
                      <span>{formatPercent(prediction.probability)}</span>
                    </div>
                    <div className={styles.track} aria-hidden>
                      <span style={{ width: `${prediction.probability * 100}%` }} />
                    </div>
                  </li>
                ))}
              </ol>
              <span className="dimmed">
                {predict.data.model}, version {predict.data.version}
              </span>
            </>
          )}
        </div>
      </div>
    </Panel>
  );
}
