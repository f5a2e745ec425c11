import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listAnswersInfiniteOptions } from '../../../api/generated/@tanstack/react-query.gen.ts';
import { LoadMore } from '../../../shared/LoadMore.tsx';
import { QueryState } from '../../../shared/QueryState.tsx';
import { TimeAgo } from '../../../shared/TimeAgo.tsx';
import { itemsOf, nextPage } from '../../../shared/paging.ts';
import { answerWords } from './answer-words.ts';

const states = {
  valid: 'holds',
  expired: 'expired',
  replaced: 'was replaced',
  withdrawn: 'was withdrawn',
} as const;

/** Every answer there ever was to a question, the newest first. */
export const AnswerHistory = ({ hostId, checkId }: { hostId: string; checkId: string }) => {
  const query = useInfiniteQuery({
    ...listAnswersInfiniteOptions({ path: { hostId, checkId }, query: { limit: 50 } }),
    ...nextPage,
  });
  return (
    <QueryState query={query} what="earlier answers">
      {(data) => {
        const answers = itemsOf(data);
        if (answers.length === 0) return <Text size="sm">Nobody has answered yet.</Text>;
        return (
          <Stack gap="xs">
            {answers.map(({ id, outcome, reason, author, answeredAt, state, endedAt, endedBy }) => (
              <div key={id}>
                <Text size="sm">
                  <b>{answerWords[outcome].label}</b>: {reason}
                </Text>
                <Text size="xs" c="dimmed">
                  {author.name}, <TimeAgo time={answeredAt} size="xs" />; {states[state]}
                  {endedBy !== null && ` by ${endedBy}`}
                  {endedAt !== null && (
                    <>
                      {' '}
                      <TimeAgo time={endedAt} size="xs" />
                    </>
                  )}
                </Text>
              </div>
            ))}
            <LoadMore query={query} />
          </Stack>
        );
      }}
    </QueryState>
  );
};
