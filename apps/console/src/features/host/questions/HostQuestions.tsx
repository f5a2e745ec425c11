import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listHostQuestionsInfiniteOptions } from '../../../api/generated/@tanstack/react-query.gen.ts';
import type { Question } from '../../../api/generated/types.gen.ts';
import { EmptyState } from '../../../shared/EmptyState.tsx';
import { LoadMore } from '../../../shared/LoadMore.tsx';
import { QueryState } from '../../../shared/QueryState.tsx';
import { itemsOf, nextPage } from '../../../shared/paging.ts';
import { QuestionCard } from './QuestionCard.tsx';

/** What no scan can see is asked of a person: questions that wait come first, then those whose answer holds. */
export const HostQuestions = ({ hostId }: { hostId: string }) => {
  const query = useInfiniteQuery({
    ...listHostQuestionsInfiniteOptions({ path: { hostId }, query: { limit: 200 } }),
    ...nextPage,
  });
  return (
    <QueryState query={query} what="questions">
      {(data) => {
        const questions = itemsOf(data).filter(isWorthAsking);
        if (questions.length === 0)
          return (
            <EmptyState title="Nothing to answer">
              The checks can tell everything about this host by themselves.
            </EmptyState>
          );
        return (
          <Stack>
            <Text size="sm" c="dimmed">
              No scan can see these. An answer counts until its end date, only where a check could not tell by itself,
              and is kept with its author.
            </Text>
            {questions.toSorted(waitingFirst).map((question) => (
              <QuestionCard key={question.check} hostId={hostId} question={question} />
            ))}
            <LoadMore query={query} />
          </Stack>
        );
      }}
    </QueryState>
  );
};

/** Where the check can tell everything and nobody ever answered, there is nothing to ask. */
const isWorthAsking = ({ answer, outcomes }: Question): boolean =>
  answer !== null || outcomes === null || outcomes.unknown > 0;

const rank: Record<Question['state'], number> = { expired: 0, open: 1, answered: 2 };
const waitingFirst = (left: Question, right: Question): number => rank[left.state] - rank[right.state];
