import { notifications } from '@mantine/notifications';
import { problemOf } from '../api/problem.ts';

export const notifyDone = (message: string): void => {
  notifications.show({ message, color: 'teal' });
};

/** For what was asked by a click and has no form to show its refusal in. */
export const notifyProblem = (error: unknown): void => {
  const { title, detail } = problemOf(error);
  notifications.show({ title, message: detail ?? '', color: 'red', autoClose: 10_000 });
};
