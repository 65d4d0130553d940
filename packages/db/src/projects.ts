import { type Id, newId } from "@sweepyard/contract";
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
