import {
  Accordion,
  type CSSVariablesResolver,
  Menu,
  Modal,
  Notification,
  PasswordInput,
  TagsInput,
  createTheme,
  type MantineColorsTuple,
} from '@mantine/core';
import type { Severity } from '../api/generated/types.gen.ts';

/** Sea blue: shade 8 carries white text at 7:1, shade 4 is read on the dark background at 8:1. */
const sea: MantineColorsTuple = [
  '#eaf4fb',
  '#d3e6f4',
  '#a6cce9',
  '#76b0de',
  '#63a9dd',
  '#3a8ccb',
  '#2579ba',
  '#17659f',
  '#0f5486',
  '#0a4069',
];

export const theme = createTheme({
  primaryColor: 'sea',
  primaryShade: { light: 8, dark: 7 },
  colors: { sea },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontWeight: '650', textWrap: 'balance' },
  components: {
    // Hundreds of findings: only what is open is drawn.
    Accordion: Accordion.extend({ defaultProps: { keepMounted: false } }),
    Modal: Modal.extend({
      defaultProps: {
        closeButtonProps: { 'aria-label': 'Close' },
        // Its header element would count as a second banner of the page.
        attributes: { header: { role: 'presentation' } },
      },
    }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } }),
    // The placeholder that takes the first focus is no menu item; the pattern wants the first item to have it.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    PasswordInput: PasswordInput.extend({ defaultProps: { visibilityToggleFocusable: true } }),
    TagsInput: TagsInput.extend({ defaultProps: { clearButtonProps: { 'aria-label': 'Remove all' } } }),
  },
});

/** What stands back must still be read: Mantine's own dimmed text is below 4.5:1 on a tinted background. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#535b63',
    '--mantine-color-placeholder': '#6b747c',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-anchor': 'var(--mantine-color-sea-8)',
  },
  dark: {
    '--mantine-color-dimmed': '#a6adb4',
    '--mantine-color-placeholder': '#8d959d',
    '--mantine-color-error': '#ff8f87',
    '--mantine-color-anchor': 'var(--mantine-color-sea-4)',
  },
});

/** Each carries white text at 5:1 or better, in both schemes. Never the only sign: the word stands beside it. */
export const severityColour: Record<Severity, string> = {
  critical: '#a8071a',
  high: '#ad4300',
  medium: '#806000',
  low: '#17659f',
  info: '#5a636b',
};

/** How something stands, for badges with white text. */
export const stateColour = {
  good: '#0b7a5b',
  bad: '#a8071a',
  warning: '#ad4300',
  busy: '#17659f',
  neutral: '#5a636b',
} as const;

export const scoreColour = (score: number): string => {
  if (score >= 80) return 'teal';
  if (score >= 50) return 'yellow';
  return 'red';
};
