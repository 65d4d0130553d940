export * from "./apiError.js";
export * from "./createClient.js";
export * from "./datasetForm.js";
export type { FollowedEvent, FollowOptions } from "./followEvents.js";
export type { CallInput, CallOptions, ClientOptions } from "./transport.js";
export {
  type ReceivedWebhook,
  type VerifiedWebhook,
  type VerifyOptions,
  verifyWebhook,
} from "./verifyWebhook.js";
