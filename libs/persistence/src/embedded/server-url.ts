import { superuser } from './create-cluster.ts';

/** The embedded server listens here and nowhere else. */
export const host = '127.0.0.1';
export const databaseName = 'plimsoll';

/** The superuser's connection string; holds a password. */
export const urlOf = (port: number, password: string, database: string = databaseName): string =>
  `postgresql://${superuser}:${password}@${host}:${port}/${database}`;
