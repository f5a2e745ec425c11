/**
 * Scripts that run inside a page, as text: their world is the browser's, and the types of that world would hide mistakes
 * in all the code that runs on Node.
 */

/** Puts every violation of the content security policy on the console, where it is listened for. */
export const reportPolicyViolations = `
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  console.error('Content security policy: ' + violatedDirective + ' ' + blockedURI);
});`;

/** What signing in leaves behind beside the cookie. */
export const markSignedIn = `if (location.protocol === 'http:') localStorage.setItem('plimsoll-signed-in', 'yes');`;

export const readClipboard = `navigator.clipboard.readText()`;

/** A drag of these files, for a drop event. */
export const dataTransferOf = (files: readonly { name: string; text: string }[]): string => `(() => {
  const transfer = new DataTransfer();
  for (const { name, text } of ${JSON.stringify(files)}) transfer.items.add(new File([text], name));
  return transfer;
})()`;

/** How far the page can be scrolled sideways, in CSS pixels; and what is to blame. */
export const overflow = `(() => {
  const width = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > width + 1);
  const pixels = document.documentElement.scrollWidth - width;
  return { pixels, blame: pixels > 0 ? wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 200)) : [] };
})()`;
