/** What Vite and the browsers say of a page's code that does not arrive, each in words of its own. */
const NOT_FETCHED =
  /preload CSS|dynamically imported module|importing a module script failed|loading chunk/i;

/** What went wrong with a page, in words that help: a file's address does not. */
export function failedPage(error: unknown): Error {
  const found = error instanceof Error ? error : new Error(String(error));
  if (!NOT_FETCHED.test(found.message)) return found;
  return new Error(
    "This page could not be fetched: the server can't be reached, or it has a newer version of the dashboard.",
    { cause: found },
  );
}
