import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { readImage } from "./readImage.js";

const shape = [28, 28];

/** A `light` or dark square on the other, `width` x `height`, with `margin` around it. */
const picture = (
  { width, height, margin }: { width: number; height: number; margin: number },
  { square, background }: { square: string; background: string },
) =>
  sharp({
    create: {
      width: width - 2 * margin,
      height: height - 2 * margin,
      channels: 3,
      background: square,
    },
  }).extend({ top: margin, bottom: margin, left: margin, right: margin, background });

const at = (pixels: Float32Array, y: number, x: number) => pixels[y * 28 + x];

describe("readImage", () => {
  test("leaves a picture of the model's size as it is", async () => {
    const values = Uint8Array.from({ length: 784 }, (_, i) => (i % 28 < 3 || i < 84 ? 0 : i % 251));
    const png = await sharp(values, { raw: { width: 28, height: 28, channels: 1 } })
      .png()
      .toBuffer();
    expect([...(await readImage(png, shape))]).toEqual([...values]);
  });

  test("inverts a picture on a light ground, so that both are light on black", async () => {
    const size = { width: 28, height: 28, margin: 6 };
    const dark = picture(size, { square: "black", background: "white" });
    const light = picture(size, { square: "white", background: "black" });
    const a = await readImage(await dark.png().toBuffer(), shape);
    expect(a).toEqual(await readImage(await light.png().toBuffer(), shape));
    expect([at(a, 0, 0), at(a, 14, 14)]).toEqual([0, 255]);
  });

  test("trims the margin, fits the longer side and centres the shorter", async () => {
    const tall = picture(
      { width: 200, height: 300, margin: 50 },
      { square: "#222", background: "#fff" },
    );
    const pixels = await readImage(await tall.jpeg({ quality: 95 }).toBuffer(), shape);
    expect(at(pixels, 1, 14)).toBeGreaterThan(180);
    expect(at(pixels, 26, 14)).toBeGreaterThan(180);
    expect(at(pixels, 14, 3)).toBeLessThan(10);
    expect(at(pixels, 14, 24)).toBeLessThan(10);
  });

  test("takes transparent ground for background", async () => {
    const cut = await sharp({
      create: { width: 40, height: 40, channels: 4, background: "#ffffffff" },
    })
      .extend({ top: 40, bottom: 40, left: 40, right: 40, background: "#ffffff00" })
      .png()
      .toBuffer();
    const pixels = await readImage(cut, shape);
    expect(at(pixels, 14, 14)).toBe(255);
  });

  test("a picture of one colour is no error", async () => {
    const plain = sharp({ create: { width: 50, height: 20, channels: 3, background: "white" } });
    const pixels = await readImage(await plain.png().toBuffer(), shape);
    expect(new Set(pixels)).toEqual(new Set([0]));
  });

  test("a one-pixel picture is no error", async () => {
    const dot = sharp({ create: { width: 1, height: 1, channels: 3, background: "black" } });
    expect((await readImage(await dot.png().toBuffer(), shape)).length).toBe(784);
  });

  test("also fits models that name the channel", async () => {
    const dot = sharp({ create: { width: 9, height: 9, channels: 3, background: "black" } });
    expect((await readImage(await dot.png().toBuffer(), [28, 28, 1])).length).toBe(784);
  });

  test.each([
    ["text", Buffer.from("no picture at all"), "data_invalid"],
    ["an empty file", Buffer.alloc(0), "data_invalid"],
    [
      "SVG, which would render what it refers to",
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      "data_invalid",
    ],
  ])("refuses %s", async (_what, bytes, code) => {
    await expect(readImage(bytes, shape)).rejects.toMatchObject({ code });
  });

  test("refuses half a picture", async () => {
    const whole = await picture(
      { width: 200, height: 200, margin: 9 },
      { square: "red", background: "blue" },
    )
      .png()
      .toBuffer();
    const half = whole.subarray(0, whole.length >> 1);
    await expect(readImage(half, shape)).rejects.toMatchObject({ code: "data_invalid" });
  });

  test("refuses a picture that claims more pixels than a camera makes", async () => {
    const bomb = await sharp({
      create: { width: 10_000, height: 10_000, channels: 3, background: "white" },
    })
      .png({ compressionLevel: 9, palette: true })
      .toBuffer();
    expect(bomb.length).toBeLessThan(100_000);
    await expect(readImage(bomb, shape)).rejects.toMatchObject({ code: "data_invalid" });
  }, 60_000); // to draw it takes seconds

  test("refuses models that take no greyscale picture", async () => {
    await expect(readImage(Buffer.alloc(1), [784])).rejects.toMatchObject({
      code: "shape_mismatch",
    });
    await expect(readImage(Buffer.alloc(1), [8, 8, 3])).rejects.toMatchObject({
      code: "shape_mismatch",
    });
  });
});
