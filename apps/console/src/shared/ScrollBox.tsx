import { useCallback, useState, type ReactNode } from 'react';

/** Scrolls sideways what is wider than the page, and can be reached by keyboard exactly when there is something to scroll. */
export const ScrollBox = ({ label, children }: { label: string; children: ReactNode }) => {
  const [scrolls, setScrolls] = useState(false);
  const watch = useCallback((box: HTMLDivElement | null) => {
    if (box === null) return undefined;
    const look = (): void => setScrolls(box.scrollWidth > box.clientWidth + 1);
    const observer = new ResizeObserver(look);
    observer.observe(box);
    if (box.firstElementChild !== null) observer.observe(box.firstElementChild);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={watch}
      style={{ overflowX: 'auto' }}
      {...(scrolls ? { tabIndex: 0, role: 'region', 'aria-label': label } : {})}
    >
      {children}
    </div>
  );
};
