import { Center, Loader } from '@mantine/core';

/** Before anything is known: the page's code, or whether there is a session. */
export const Loading = () => (
  <Center h="100vh" component="main">
    <Loader aria-label="Loading Plimsoll" role="status" />
  </Center>
);
