export type { DownloadProgress, OnProgress } from "./downloadProgress.js";
export type { FashionMnistFiles, FashionMnistOptions } from "./fashionMnist.js";
export { fetchFashionMnist } from "./fashionMnist.js";
export type { LocalService } from "./localService.js";
export type { PostgresOptions } from "./postgres.js";
export { startPostgres } from "./postgres.js";
export type { RedisOptions } from "./redis.js";
export { startRedis } from "./redis.js";
