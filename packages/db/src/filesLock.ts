/**
 * Whoever deletes files takes this advisory lock, shared, in the statement that asks which ones
 * nobody needs; a backup holds it alone from before it looks at the database until it has all
 * files. So what a backup's snapshot names is there to be copied.
 */
export const FILES_LOCK = 72_707_371;
