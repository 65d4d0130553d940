import { Prisma } from "./generated/client.js";

/** A value as a jsonb parameter. NaN would become null: pass numbers on their own. */
export const jsonb = (value: unknown): Prisma.Sql => Prisma.sql`${JSON.stringify(value)}::jsonb`;

/** For Prisma's own methods, whose type of JSON has no optional fields. */
export const toJson = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue;

/** Metrics as jsonb can hold them: what is not finite becomes null. */
export const finiteOrNull = (value: number): number | null =>
  Number.isFinite(value) ? value : null;
