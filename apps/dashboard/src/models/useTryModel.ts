import {
  API_PREFIX,
  type Estimate,
  type PredictAnswer,
  type Prediction,
} from "@sweepyard/contract";
import { useMutation } from "@tanstack/react-query";
import { client } from "../api/client.js";
import type { BrowserModel } from "./browserModel.js";
import { nameOutputs } from "./nameOutputs.js";

export interface Answered {
  readonly predictions: readonly (Prediction | Estimate)[];
  /** From asking to the answer: of the server with the way there and back. */
  readonly ms: number;
}

/** The most classes the server tells of at once. */
const MOST_CLASSES = 1000;

/** Models that this page has loaded, by the address of their files. */
const loaded = new Map<string, Promise<BrowserModel>>();

function browserModel(url: string): Promise<BrowserModel> {
  const known = loaded.get(url);
  if (known !== undefined) return known;
  // The runtime and its WebAssembly are fetched only when somebody tries a model.
  const loading = import("./browserModel.js").then(({ loadBrowserModel }) => loadBrowserModel(url));
  loaded.set(url, loading);
  loading.catch(() => loaded.delete(url)); // the next picture tries again
  return loading;
}

/** Asks the server and then this browser about the same pixels. */
export function useTryModel(target: string) {
  const browser = useMutation({
    mutationFn: async ({
      model,
      version,
      task,
      predictions: [own = []],
      pixels,
    }: PredictAnswer): Promise<Answered> => {
      if (pixels === undefined)
        throw new Error("the server did not tell what it made of the picture");
      const url = `${API_PREFIX}/models/${encodeURIComponent(model)}/versions/${version}/export/onnx`;
      const loaded = await browserModel(url);
      const began = performance.now();
      const outputs = await loaded.predict(pixels.values, pixels.shape, own.length);
      const ms = performance.now() - began;
      const names = new Map(own.map(({ label, name }) => [label, name]));
      const nameOf = (label: number) => names.get(label) ?? `class ${label}`;
      return { predictions: nameOutputs(task, outputs, nameOf), ms };
    },
  });
  const server = useMutation({
    mutationFn: async (image: Blob) => {
      const began = performance.now();
      const answer = await client.models.predictImage(target, image, {
        top_k: MOST_CLASSES,
        pixels: true,
      });
      return { answer, predictions: answer.predictions[0] ?? [], ms: performance.now() - began };
    },
    onSuccess: ({ answer }) => browser.mutate(answer),
  });
  return {
    server,
    browser,
    ask(image: Blob) {
      browser.reset();
      server.mutate(image);
    },
    reset() {
      browser.reset();
      server.reset();
    },
  };
}
