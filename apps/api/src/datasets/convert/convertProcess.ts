import { answerJob } from "../../forkJob.js";
import { convertDataset } from "./convertDataset.js";

/** The process of `runConversion`. */
answerJob(convertDataset);
