import { z } from "zod";
import { Priority } from "./budget.js";
import { TrainPlan } from "./plan.js";
import { strictObject } from "./strictObject.js";
import { Tags } from "./tags.js";

const createRun = strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  plan: TrainPlan,
  priority: Priority.default(50),
  tags: Tags.default([]),
});
type CreateRunObject = typeof createRun;
/** A name, since tsc writes out types without one wherever the table of routes has them, and gives up at a length. */
export interface CreateRunSchema extends CreateRunObject {}
export const CreateRun: CreateRunSchema = createRun;
export type CreateRun = z.infer<typeof CreateRun>;
