import { answerJob } from "../forkJob.js";
import { packArchive } from "./packArchive.js";

/** The process of `receiveArchive`. */
answerJob(packArchive);
