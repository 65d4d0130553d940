export * from "./appError.js";
export * from "./plan.js";
export * from "./report.js";
export * from "./space.js";
