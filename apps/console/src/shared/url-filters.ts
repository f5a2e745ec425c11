import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

interface UrlFilters {
  /** What the URL says, or nothing. */
  text: (name: string) => string;
  /** Which of the known values the URL names, if it does. */
  oneOf: <T extends string>(name: string, known: readonly T[]) => T | undefined;
  /** Null and nothing take the filter away. */
  set: (name: string, value: string | null) => void;
}

/** Filters that live in the URL, so that a view can be shared and survives a reload. */
export const useUrlFilters = (): UrlFilters => {
  const [parameters, setParameters] = useSearchParams();
  const set = useCallback(
    (name: string, value: string | null): void =>
      setParameters(
        () => {
          // Not the parameters of the last render: a filter that waited for a pause in typing may come after others.
          const now = new URLSearchParams(location.search);
          if (value) now.set(name, value);
          else now.delete(name);
          return now;
        },
        { replace: true },
      ),
    [setParameters],
  );
  const text = (name: string): string => parameters.get(name) ?? '';
  return { text, oneOf: (name, known) => known.find((each) => each === text(name)), set };
};
