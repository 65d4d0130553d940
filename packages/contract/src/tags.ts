import { z } from "zod";

export const Tags = z.array(z.string().min(1).max(64)).max(32);
