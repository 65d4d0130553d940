import { AppError, type Id, newId } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** Finds a project by name, or makes it. */
export async function ensureProject(db: Db, name: string): Promise<{ id: Id; name: string }> {
  await db.prisma.$executeRaw`
    insert into projects (id, name) values (${newId()}::uuid, ${name})
    on conflict (name) do nothing`;
  return db.prisma.project.findUniqueOrThrow({
    where: { name },
    select: { id: true, name: true },
  });
}

/** @throws {AppError} `conflict` if there is one of that name. */
export async function createProject(db: Db, name: string): Promise<{ id: Id; name: string }> {
  const [row] = await db.prisma.$queryRaw<{ id: Id; name: string }[]>`
    insert into projects (id, name) values (${newId()}::uuid, ${name})
    on conflict (name) do nothing returning id, name`;
  if (row !== undefined) return row;
  throw new AppError("conflict", `there is a project ${name}: take another name`, {
    errors: [{ path: "name", rule: "taken", message: "is taken" }],
  });
}

/** Its share of the slots beside other projects. @throws {AppError} `not_found`. */
export async function setProjectWeight(db: Db, name: string, weight: number): Promise<void> {
  const { count } = await db.prisma.project.updateMany({ where: { name }, data: { weight } });
  if (count === 0) throw new AppError("not_found", `there is no project "${name}"`);
}
