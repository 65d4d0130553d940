import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createTerminal } from "./terminal.js";

/** A stream that keeps what is written, as a pipe or as a terminal of 80 by 24. */
function fakeStream(isTTY: boolean) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  const screen = Object.assign(stream, { isTTY, columns: 80, rows: 24 });
  return { stream: screen as unknown as NodeJS.WriteStream, text: () => written.join("") };
}

test("in a pipe, a block that changes often becomes few lines without control codes", () => {
  const { stream, text } = fakeStream(false);
  const terminal = createTerminal(stream);
  terminal.say("hello");
  for (let epoch = 0; epoch < 50; epoch++) terminal.show(`block ${epoch}`, `epoch ${epoch}`);
  terminal.settle();
  expect(text()).toBe("hello\nepoch 0\n");
});

test("on a terminal the block is redrawn in place, and lines stay above it", () => {
  const { stream, text } = fakeStream(true);
  const terminal = createTerminal(stream);
  terminal.show("first block", "unused");
  terminal.say("a line that stays");
  terminal.show("second block", "unused");
  terminal.settle();
  expect(text()).toContain("a line that stays");
  expect(text().lastIndexOf("second block")).toBeGreaterThan(text().indexOf("a line that stays"));
  expect(text()).toContain("\x1b[2K"); // erased what it redrew
  expect(text()).not.toContain("unused");
});

test("a download shows a bar on a terminal and ends in one line anywhere", () => {
  const [screen, pipe] = [fakeStream(true), fakeStream(false)];
  for (const { stream } of [screen, pipe]) {
    const { onProgress } = createTerminal(stream);
    for (const bytes of [0, 1_000_000, 2_000_000, 2_000_000])
      onProgress({ label: "Images", bytes, totalBytes: 2_000_000 });
  }
  expect(screen.text()).toContain("[████████████░░░░░░░░░░░░] Images: 1.0 MB of 2.0 MB");
  expect(pipe.text()).toBe("Images: 0 B of 2.0 MB\nImages: 2.0 MB of 2.0 MB\n");
});
