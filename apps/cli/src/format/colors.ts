import picocolors from "picocolors";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colours for one stream: none when it is no terminal or NO_COLOR is set (https://no-color.org). */
export function colorsFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Colors {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0";
  const wanted = forced || (stream.isTTY === true && env.TERM !== "dumb");
  return picocolors.createColors(wanted && !env.NO_COLOR);
}
