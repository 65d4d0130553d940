import helmet from "helmet";

/**
 * The dashboard, the docs and Bull Board load nothing from elsewhere and run no inline scripts.
 * Inline styles are allowed: Mantine and Swagger UI set them.
 * `upgrade-insecure-requests` is left out, since the embedded default serves plain HTTP.
 */
export const securityHeaders = (https: boolean) =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
      },
    },
    strictTransportSecurity: https,
    crossOriginEmbedderPolicy: false,
    // A page's address may hold a run's id, never a secret; other sites get nothing at all.
    referrerPolicy: { policy: "same-origin" },
  });
