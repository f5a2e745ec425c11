import type { ReactNode } from 'react';
import classes from './FilterBar.module.css';

/** The filters above a list: in a row, on a phone the first one over pairs of the others. */
export const FilterBar = ({ children }: { children: ReactNode }) => (
  <search className={classes.bar} aria-label="Filters">
    {children}
  </search>
);
