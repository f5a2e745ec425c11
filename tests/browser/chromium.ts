import { accessSync, constants } from 'node:fs';

/** Where Debian's package `chromium` puts it, then what other systems have. */
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Path of an installed Chromium; nothing is ever downloaded. */
export const findChromium = (): string | undefined => places.find(isExecutable);

/** Nothing of it calls home, and as root it has no sandbox. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
