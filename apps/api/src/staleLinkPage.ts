/**
 * What a used or expired log-in link opens: it looks as the dashboard's sign-in page does, but
 * needs no script, so that it says its piece even where the dashboard is not built.
 */
export const STALE_LINK_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="/favicon.svg">
<title>Log-in link · Sweepyard</title>
<style>
:root { --ground: #f4f6f9; --surface: #fff; --line: #e3e7ed; --text: #1c2330; --dimmed: #5b6675;
  --link: #3b5bdb; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0f131a; --surface: #171c25; --line: #2c3442; --text: #e6eaf0;
    --dimmed: #9aa6b5; --link: #91a7ff; }
}
* { box-sizing: border-box; }
body { display: grid; min-height: 100vh; margin: 0; padding: 16px; place-items: center;
  background: var(--ground); color: var(--text); font: 13px/1.5 -apple-system,
  BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif; }
main { display: grid; gap: 16px; width: min(400px, 100%); padding: 28px;
  background: var(--surface); border: 1px solid var(--line); border-radius: 12px; }
.logo { display: inline-flex; align-items: center; gap: 8px; font-size: 15px; font-weight: 600; }
h1 { margin: 0; font-size: 20px; font-weight: 600; line-height: 28px; }
p { margin: 0; color: var(--dimmed); }
code { display: block; padding: 8px 12px; background: var(--ground); border-radius: 6px;
  font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
a { color: var(--link); }
</style>
</head>
<body>
<main>
<span class="logo"><img src="/favicon.svg" width="22" height="22" alt="">Sweepyard</span>
<h1>This link does not work any more</h1>
<p>A log-in link works once, for five minutes. Print a new one in the terminal, in Sweepyard's
folder:</p>
<code>npm run sweepyard -- login-link</code>
<p>Or <a href="/">open the dashboard</a>, where this browser may be signed in already, and else
sign in with an API key.</p>
</main>
</body>
</html>
`;
