/** The library's types; the library itself is loaded where a plan needs it, since that takes a second. */
export type TensorFlow = typeof import("@tensorflow/tfjs");
