import pg from 'pg';

/**
 * A pool whose connections can be cut without ending the process. Who uses a connection at that moment gets the error;
 * for an idle one, or one that is just being closed, `pg` emits an event that nobody else listens to.
 */
export function createConnectionPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
