import { Modal, type ModalProps } from '@mantine/core';
import { useEffect, useState } from 'react';

/** What a person was at: from a menu, which is gone by then, the button that had opened it. */
const openerOf = (focused: Element | null): HTMLElement | null => {
  const menu = focused?.closest('[role="menu"]')?.getAttribute('aria-labelledby') ?? null;
  const opener = menu === null ? focused : document.getElementById(menu);
  return opener instanceof HTMLElement ? opener : null;
};

/** Gives the focus back where it came from, or to the page when that has gone with what was done. */
const useFocusReturned = (): void => {
  const [opener] = useState(() => openerOf(document.activeElement));
  useEffect(
    () => () => {
      // After the trap has let go.
      setTimeout(() => (opener?.isConnected === true ? opener : document.getElementById('main'))?.focus());
    },
    [opener],
  );
};

/** A dialog that is there for as long as it is rendered. */
export const Dialog = (props: Omit<ModalProps, 'opened' | 'returnFocus'>) => {
  useFocusReturned();
  return <Modal opened returnFocus={false} {...props} />;
};
