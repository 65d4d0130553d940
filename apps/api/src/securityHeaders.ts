import helmet from "helmet";

/**
 * The dashboard, the docs and Bull Board load nothing from elsewhere and run no inline scripts.
 * Inline styles are allowed: Mantine and Swagger UI set them.
 * `upgrade-insecure-requests` is left out, since the embedded default serves plain HTTP.
 * @param isFramed the dashboard shows it within its own pages; nobody else may.
 */
export const securityHeaders = (https: boolean, { isFramed = false } = {}) =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'self'"],
        // WebAssembly counts as script; "wasm-unsafe-eval" lets it be compiled and no text be run.
        "script-src": ["'self'", "'wasm-unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": [isFramed ? "'self'" : "'none'"],
      },
    },
    strictTransportSecurity: https,
    crossOriginEmbedderPolicy: false,
    // A page's address may hold a run's id, never a secret; other sites get nothing at all.
    referrerPolicy: { policy: "same-origin" },
  });
