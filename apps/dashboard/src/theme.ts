import {
  Autocomplete,
  type CSSVariablesResolver,
  createTheme,
  Menu,
  Modal,
  MultiSelect,
  Notification,
  Portal,
  TagsInput,
} from "@mantine/core";
import { PALETTES, type Palette } from "./palette.js";

/** System fonts only: nothing is fetched for a letter. */
const SANS =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", system-ui, sans-serif';
const MONO =
  'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace';

/** Of the element that menus, dialogs and messages are put into. */
export const OVERLAYS_ID = "overlays";

const SCROLLING_LIST = {
  defaultProps: { withScrollArea: false },
  styles: { options: { maxHeight: 240, overflowY: "auto" } },
} as const;

export const theme = createTheme({
  primaryColor: "indigo",
  colors: {
    // Mantine's own dark greys are neutral; these have the surface's tint.
    dark: [
      "#e6eaf0",
      "#c6cdd8",
      "#9aa6b5",
      "#717d8e",
      "#465163",
      "#323c4b",
      "#232b37",
      "#171c25",
      "#11161e",
      "#0b0f15",
    ],
  },
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  headings: {
    fontFamily: SANS,
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "28px" },
      h2: { fontSize: "14px", lineHeight: "20px" },
      h3: { fontSize: "13px", lineHeight: "18px" },
    },
  },
  defaultRadius: "sm",
  radius: { xs: "3px", sm: "6px", md: "8px", lg: "12px", xl: "24px" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // A list that scrolls is itself what the field controls, so that a screen reader knows of it.
    Autocomplete: Autocomplete.extend(SCROLLING_LIST),
    MultiSelect: MultiSelect.extend(SCROLLING_LIST),
    TagsInput: TagsInput.extend(SCROLLING_LIST),
    // What Mantine focuses first is no item, and a menu may hold nothing but items.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    // Within the page's landmarks: what opens would else belong to no part of the page.
    Portal: Portal.extend({ defaultProps: { target: `#${OVERLAYS_ID}` } }),
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { "aria-label": "close" } } }),
    // A <header> of a dialog would be a second banner of the page.
    ModalHeader: { defaultProps: { component: "div" } },
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { "aria-label": "dismiss" } },
      styles: { description: { color: "var(--mantine-color-dimmed)" } },
    }),
  },
});

const variables = (palette: Palette): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(palette.state).map(([state, colour]) => [`--state-${state}`, colour]),
  ),
  "--line": palette.line,
  "--surface": palette.surface,
  "--best": palette.best,
  "--bar": palette.bar,
  "--right": palette.right,
  "--wrong": palette.wrong,
  "--training": palette.training,
  "--validation": palette.validation,
  "--mantine-color-text": palette.text,
  "--mantine-color-dimmed": palette.dimmed,
  "--mantine-color-error": palette.state.failed,
});

/** The palette as CSS variables, so that stylesheets and canvases use the same colours. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...variables(PALETTES.light),
    "--ground": "#f4f6f9",
    "--hover": "#f0f4fb",
    "--chosen": "#e4ecff",
    "--mantine-color-body": PALETTES.light.surface,
  },
  dark: {
    ...variables(PALETTES.dark),
    "--ground": "#0f131a",
    "--hover": "#1e2531",
    "--chosen": "#22304e",
    "--mantine-color-body": PALETTES.dark.surface,
  },
});
