/** A data set small enough to learn in a second: pictures lit on their left or on their right. */

export const STRIPES_SIDE = 12;
export const STRIPES_CLASSES = ["left", "right"];

/** Four IDX files, as MNIST comes. @see http://yann.lecun.com/exdb/mnist/ */
export const stripes = () => ({
  trainImages: images(200),
  trainLabels: labels(200),
  testImages: images(40),
  testLabels: labels(40),
});

const classOf = (row: number) => row % STRIPES_CLASSES.length;

function images(rows: number): Buffer {
  const pixels = STRIPES_SIDE * STRIPES_SIDE;
  const file = Buffer.alloc(16 + rows * pixels);
  [0x803, rows, STRIPES_SIDE, STRIPES_SIDE].forEach((word, place) => {
    file.writeUInt32BE(word, place * 4);
  });
  for (let row = 0; row < rows; row++)
    for (let pixel = 0; pixel < pixels; pixel++) {
      const isLeft = pixel % STRIPES_SIDE < STRIPES_SIDE / 2;
      const isLit = isLeft === (classOf(row) === 0);
      file[16 + row * pixels + pixel] = isLit ? 150 + ((row * 7 + pixel * 13) % 100) : 0;
    }
  return file;
}

function labels(rows: number): Buffer {
  const file = Buffer.alloc(8 + rows);
  file.writeUInt32BE(0x801, 0);
  file.writeUInt32BE(rows, 4);
  for (let row = 0; row < rows; row++) file[8 + row] = classOf(row);
  return file;
}
